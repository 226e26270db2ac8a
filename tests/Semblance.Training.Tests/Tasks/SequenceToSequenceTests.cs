using Semblance.Checkpoints;
using Semblance.Generation;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Training.Recipes;
using Semblance.Transformers;

namespace Semblance.Training.Tests.Tasks;

/// <summary>Training of T5: the loss against recorded logits, gradients against finite differences, and whole recipes.</summary>
public sealed class SequenceToSequenceTests : IDisposable
{
    private static readonly Tokenizer Characters = CharacterTokenizer.Create("t5");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("t5")]
    [InlineData("t5-v1_1")]
    public void Logits_of_shifted_targets_and_their_loss_are_those_of_the_original(string fixture)
    {
        var file = SafetensorsFile.Open(Path.Combine(Fixtures.Own("models/" + fixture), "expected.safetensors"));
        var (sources, inputs) = (Sequences(file, ""), Sequences(file, "decoder_"));
        var (recorded, width) = (file.Read("logits"), file.Info("decoder_input_ids").Shape[1]); // [sequences × width × vocabulary]
        foreach (var (row, input) in inputs.Index())
        {
            // The target is the decoder's input without its first token, and one more token, which has no influence on the logits.
            int[] labels = [.. input[1..], 1];
            var model = SequenceToSequenceModel.LoadTrainable(WithTokenizer(fixture, row, start: input[0]));
            model.TokenizeTargets([Text(labels)]).ShouldBe([labels]);
            using var run = new Computation();
            var output = model.Forward(run, new ModelInput([Text(sources[row])]) { Pairs = [Text(labels)] });
            output.Offsets.ShouldBe([0, labels.Length]);
            var sum = 0.0;
            for (var i = 0; i < labels.Length; i++)
            {
                var expected = recorded.Row((row * width) + i).ToArray();
                output.Value.Row(i).ToArray().ShouldBe(expected, 1e-4);
                sum += Math.Log(expected.Sum(x => Math.Exp(x))) - expected[labels[i]];
            }

            var batch = new TrainingBatch(model, [new Example([Text(sources[row]), Text(labels)])]);
            new SequenceToSequenceLoss().Backward(batch).ShouldBe(sum / labels.Length, 1e-4);
        }

        static string Text(int[] ids) => string.Join(' ', ids.Select(id => $"w{id}"));
    }

    [Fact]
    public void Label_smoothing_is_that_of_PyTorch()
    {
        // p = [1/4, 1/2, 1/4]; label 1; ε = 0.3.
        using var run = new Computation();
        var loss = run.CrossEntropyOfLogits(Tensor.From([0, MathF.Log(2), 0], 1, 3), [1], 0.3f).Values[0];
        loss.ShouldBe((float)((0.7 * Math.Log(2)) + (0.3 * (Math.Log(2) + (2 * Math.Log(4))) / 3)), 1e-6f);
        Should.Throw<ArgumentOutOfRangeException>(() => new SequenceToSequenceLoss(1));
    }

    [Fact]
    public void Gradients_reach_encoder_and_decoder_and_are_those_of_finite_differences()
    {
        var model = New();
        var batch = new TrainingBatch(model, [new Example(["ab", "ba"]), new Example(["c", "cab"])]);
        var loss = new SequenceToSequenceLoss(0.1f);
        foreach (var (_, parameter) in model.Parameters())
        {
            parameter.RequiresGradient = true;
        }

        loss.Backward(batch);
        foreach (var (name, parameter) in model.Parameters())
        {
            var gradient = parameter.Gradient ?? throw new InvalidOperationException($"{name} has no gradient.");
            var largest = System.Numerics.Tensors.TensorPrimitives.IndexOfMaxMagnitude(gradient.Values);
            var (value, step) = (parameter.Values[largest], 1e-2f);
            double At(float x)
            {
                parameter.Writable[largest] = x;
                using var run = new Computation();
                return loss.Forward(run, batch, [model.Forward(run, loss.Inputs(batch)[0])]).Values[0];
            }

            var numeric = (At(value + step) - At(value - step)) / (2 * step);
            parameter.Writable[largest] = value;
            ((double)gradient.Values[largest]).ShouldBe(numeric, 2e-3 + (0.03 * Math.Abs(numeric)), name);
        }
    }

    [Fact]
    public void A_trained_model_is_the_same_after_saving_and_is_the_one_that_a_generator_loads()
    {
        var model = SequenceToSequenceModel.Create(Input(), 12, "copy: ", 1);
        model.Save(_folder.File("m"));
        var loaded = SequenceToSequenceModel.Load(_folder.File("m"));
        (loaded.Config.Prefix, loaded.Config.MaxTargetLength, loaded.MaxSequenceLength).ShouldBe(("copy: ", 12, 64));
        loaded.Generate("abc").ShouldBe(model.Generate("abc"));
        var generator = TextGenerator.Load(_folder.File("m"));
        generator.Generate("copy: abc").ShouldBe(model.Generate("abc"));
        generator.Config.MaxLength.ShouldBe(13);
        loaded.Generate("abc", new() { Prompt = "" }).ShouldBe(generator.Generate("abc"));
        ModelKinds.Of(_folder.File("m")).ShouldBe(ModelKind.SequenceToSequenceModel);
        SentenceTransformer.Load(_folder.File("m")).Dimension.ShouldBe(16); // of its encoder
        var config = File.ReadAllText(Path.Combine(_folder.File("m"), "config.json"));
        config.ShouldContain("\"T5ForConditionalGeneration\"");
        config.ShouldContain("\"eos_token_id\": 1");
        Should.Throw<ArgumentException>(() => loaded.ForTask("summarization")).Message.ShouldContain("it has them for none");
        Should.Throw<ModelFormatException>(() => SequenceToSequenceModel.Create((TransformerModule)RecordedModel.MeanNormalize.Modules[0]))
            .Message.ShouldContain("architectures that have one are t5");
    }

    [Fact]
    public void The_settings_of_a_task_are_those_of_the_pipelines_of_transformers()
    {
        New().Save(_folder.File("m"));
        var path = Path.Combine(_folder.File("m"), "config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace(
            "\"model_type\"",
            """
            "task_specific_params": {"summarization": {"max_length": 30, "num_beams": 4, "length_penalty": 2.0, "prefix": "summarize: "}, "translation_en_to_de": {"prefix": "to German: "}},
            "model_type"
            """, StringComparison.Ordinal));
        var model = SequenceToSequenceModel.Load(_folder.File("m"));
        model.Tasks.ShouldBe(["summarization", "translation_en_to_de"]);
        model.Warnings.ShouldBeEmpty();
        var config = model.ForTask("summarization").Config;
        (config.Prefix, config.Generation.NumBeams, config.Generation.MaxLength, config.Generation.LengthPenalty).ShouldBe(("summarize: ", 4, 30, 2f));
        config.Generation.EosTokenIds.ShouldBe([1]);
        model.ForTask("translation_en_to_de").Config.MaxTargetLength.ShouldBe(model.Config.MaxTargetLength);
    }

    [Fact]
    public void Long_texts_are_cut_refused_or_divided()
    {
        var model = New().With(maxSequenceLength: 8);
        var counter = new TextCounter();
        var cut = model.Generate(["ab", "ab cd ef gh ij kl"], new() { Counter = counter });
        cut.Select(text => text.Truncated).ShouldBe([false, true]);
        (counter.TruncatedCount, counter.Limit).ShouldBe((1, 8));
        Should.Throw<TextTooLongException>(() => model.Generate(["ab", "ab cd ef gh ij kl"], new() { Truncation = Truncation.Error })).Index.ShouldBe(1);
        var parts = model.Generate(["ab cd ef gh ij kl"], new() { Truncation = Truncation.Chunk })[0];
        parts.Truncated.ShouldBeFalse();
        parts.TokenCount.ShouldBeGreaterThan(cut[1].TokenCount);
        model.Generate(["ab", "c"]).Select(text => text.Text).ShouldBe([model.Generate("ab"), model.Generate("c")]); // alone and together
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_named()
    {
        var model = New();
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => model.Forward(run, new ModelInput(["a"]))).Message.ShouldContain("pairs of source and target");
        Should.Throw<LossInputException>(() => new SequenceToSequenceLoss().Backward(new TrainingBatch(model, [new Example(["a"])]))).Message.ShouldContain("a row has 1 texts");
        Should.Throw<ArgumentException>(() => new GenerationEvaluator(["a"], [])).Message.ShouldContain("references for 0");
        Should.Throw<EvaluationDataException>(() => new GenerationEvaluator([], []));
    }

    [Fact]
    public async Task A_recipe_trains_a_new_model_until_it_copies_texts()
    {
        var words = (string[])["ab", "ba", "abc", "cab", "bc", "ca"];
        File.WriteAllText(_folder.File("pairs.tsv"), "source\ttarget\n" + string.Concat(words.Select(word => $"{word}\t{word}\n")));
        Characters.Save(_folder.File("tokenizer"));
        var result = await Recipe.Parse(Text("new: { architecture: t5, tokenizer: F/tokenizer, layers: 1, hidden-size: 32, heads: 2, max-length: 16, dropout: 0 }", 300)).RunAsync();
        var scores = result.Evaluations.Select(stage => stage.Result.Metrics["dev_chrf"]).ToArray();
        scores[0].ShouldBeLessThan(0.5);
        scores[^1].ShouldBe(1);
        result.Evaluations[^1].Result.PrimaryMetric.ShouldBe("dev_chrf");
        result.Evaluations[^1].Result.Metrics["dev_loss"].ShouldBeLessThan(0.1);
        SequenceToSequenceModel.Load(result.Output).Generate("abc").ShouldBe("abc");
        File.ReadAllText(Path.Combine(result.Output, "README.md")).ShouldContain("SequenceToSequenceModel.Load(");

        // Trained further, with another prefix.
        var training = await Recipe.Parse(Text($"folder: {result.Output}, prefix: \"x\", max-target-length: 9", 1).Replace("/out\"", "/again\"", StringComparison.Ordinal)).PrepareAsync();
        var model = (SequenceToSequenceModel)training.Model;
        (model.Config.Prefix, model.Config.MaxTargetLength).ShouldBe(("x", 9));

        string Text(string model, int steps) =>
            $$"""
            sequence-to-sequence: { {{model}} }
            output: "F/out"
            datasets: [{ name: copies, files: F/pairs.tsv, texts: [source, target], loss: { SequenceToSequenceLoss: { label-smoothing: 0.01 } }, batch-size: 6 }]
            steps: {{steps}}
            rate: 5e-3
            evaluate: { on: [{ task: generation, name: dev, file: F/pairs.tsv, texts: [source, target] }] }
            """.Replace("F/", _folder.File("") + "/", StringComparison.Ordinal);
    }

    private static SequenceToSequenceModel New() => SequenceToSequenceModel.Create(Input(), 12, seed: 1);

    private static TransformerModule Input() => RandomModel.CreateTransformer("t5", Characters, new ModelSizes
    {
        VocabSize = Characters.VocabularySize,
        HiddenSize = 16,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        MaxPositionEmbeddings = 64,
        Dropout = 0,
    }, 3);

    // A copy of a fixture with a tokenizer whose words are named by their ids and that adds no special tokens.
    private string WithTokenizer(string fixture, int row, int start)
    {
        var folder = Directory.CreateDirectory(_folder.File($"{fixture}-{row}")).FullName;
        foreach (var file in (string[])["config.json", "model.safetensors"])
        {
            File.Copy(Path.Combine(Fixtures.Own("models/" + fixture), file), Path.Combine(folder, file));
        }

        File.WriteAllText(Path.Combine(folder, "generation_config.json"), $$"""{"decoder_start_token_id": {{start}}, "eos_token_id": 1}""");

        var vocabulary = string.Join(',', Enumerable.Range(0, ConfigurationFile.OfModel(folder).WholeNumber("vocab_size", 1, 1 << 20)).Select(id => $"\"w{id}\":{id}"));
        File.WriteAllText(
            Path.Combine(folder, "tokenizer.json"),
            $$"""{"version":"1.0","pre_tokenizer":{"type":"WhitespaceSplit"},"model":{"type":"WordLevel","unk_token":"w2","vocab":{ {{vocabulary}} } } }""");
        return folder;
    }

    private static int[][] Sequences(SafetensorsFile file, string prefix)
    {
        var (ids, mask) = (file.ReadInt64(prefix + "input_ids"), file.ReadInt64(prefix + "attention_mask"));
        var width = file.Info(prefix + "input_ids").Shape[1];
        return [.. Enumerable.Range(0, ids.Length / width).Select(row => Enumerable.Range(row * width, width).Where(i => mask[i] != 0).Select(i => (int)ids[i]).ToArray())];
    }
}
