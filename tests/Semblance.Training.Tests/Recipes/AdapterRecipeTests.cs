using Semblance.Training.Recipes;

namespace Semblance.Training.Tests.Recipes;

/// <summary>Recipes with an adapter.</summary>
public sealed class AdapterRecipeTests : IDisposable
{
    private const string Pairs = "first\tsecond\tscore\nA man eats.\tSomeone eats food.\t4.5\nA plane takes off.\tIt rains.\t0.4\nThe dog sleeps.\tA dog is asleep.\t4.8\nTwo boys play.\tThe sun shines.\t1\n";

    private static readonly string Base = Fixtures.Own("st/mean-normalize");
    private readonly TemporaryFolder _folder = new();

    public AdapterRecipeTests() => File.WriteAllText(_folder.File("pairs.tsv"), Pairs);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("lora")]
    [InlineData("{method: lora, rank: 2, alpha: 4, dropout: 0.1, dora: true, bias: lora-only, targets: all-linear, layers: 0}")]
    [InlineData("ia3")]
    [InlineData("layer-norm")]
    [InlineData("bias")]
    [InlineData("{method: houlsby, size: 4}")]
    [InlineData("pfeiffer")]
    [InlineData("{method: prompt, tokens: 3}")]
    [InlineData("{method: p-tuning, tokens: 3, size: 8}")]
    [InlineData("{method: prefix, tokens: 3}")]
    [InlineData("{method: prefix, tokens: 3, size: 8}")]
    [InlineData("{method: adalora, initial-rank: 3, target-rank: 1, final-steps: 2, initial-steps: 0.2}")]
    public async Task Every_method_trains_and_loads_with_its_base_model(string adapter)
    {
        var training = await Recipe.Parse(Text(adapter), Options("out")).PrepareAsync();
        var weights = training.Model.Parameters().Where(parameter => !parameter.IsTrained).Select(parameter => (parameter.Name, Values: parameter.Value.Values.ToArray())).ToArray();
        weights.ShouldNotBeEmpty();
        await training.RunAsync();
        foreach (var ((name, before), now) in weights.Zip(training.Model.Parameters().Where(parameter => !parameter.IsTrained)))
        {
            now.Value.Values.ToArray().ShouldBe(before, name);
        }

        File.Exists(_folder.File("out/model.safetensors")).ShouldBeFalse();
        new FileInfo(_folder.File("out/checkpoint.safetensors")).Length.ShouldBeLessThan(new FileInfo(Path.Combine(Base, "model.safetensors")).Length);
        var loaded = SentenceTransformer.Load(_folder.File("out"));
        loaded.Encode("The dog sleeps.").ShouldBe(((SentenceTransformer)training.Model).Encode("The dog sleeps."));
        loaded.Encode("The dog sleeps.").ShouldNotBe(SentenceTransformer.Load(Base).Encode("The dog sleeps."));
        loaded.Body!.Adapter!.Config.BaseModel.ShouldBe(Base);
    }

    [Fact]
    public async Task A_merged_adapter_is_a_whole_model()
    {
        var training = await Recipe.Parse(Text("{method: lora, merge: true}"), Options("out")).PrepareAsync();
        await training.RunAsync();
        File.Exists(_folder.File("out/adapter_config.json")).ShouldBeFalse();
        var (merged, unmerged) = (SentenceTransformer.Load(_folder.File("out")).Encode("It rains."), ((SentenceTransformer)training.Model).Encode("It rains."));
        for (var i = 0; i < merged.Length; i++)
        {
            merged[i].ShouldBe(unmerged[i], 1e-5f);
        }
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("{method: adalora, initial-rank: 3, target-rank: 1}")]
    [InlineData("{method: prefix, tokens: 2}")]
    public async Task A_canceled_run_is_resumed_with_the_same_bits(string adapter)
    {
        await Recipe.Parse(Text(adapter), Options("straight")).RunAsync();
        var recipe = Recipe.Parse(Text(adapter), Options("out"));
        using var stop = new CancellationTokenSource();
        var progress = new Stopper(stop);
        await Should.ThrowAsync<OperationCanceledException>(() => recipe.RunAsync(progress: progress, cancellationToken: stop.Token));
        await recipe.RunAsync(new RecipeRunOptions { Resume = true });
        File.ReadAllBytes(_folder.File("out/adapter_model.safetensors")).ShouldBe(File.ReadAllBytes(_folder.File("straight/adapter_model.safetensors")));
    }

    [Fact]
    public async Task A_cross_encoder_with_a_new_head_is_loaded_from_its_adapter()
    {
        var text = Text("lora").Replace("model: " + Base, $"cross-encoder: {{folder: {Base}, labels: 1}}", StringComparison.Ordinal).Replace("CoSENTLoss", "BinaryCrossEntropyLoss, score-range: [0, 5]", StringComparison.Ordinal);
        var training = await Recipe.Parse(text, Options("out")).PrepareAsync();
        await training.RunAsync();
        CrossEncoder.Load(_folder.File("out")).Predict("It rains.", "The sun shines.").ShouldBe(((CrossEncoder)training.Model).Predict("It rains.", "The sun shines."));
    }

    [Theory]
    [InlineData("text-classifier")]
    [InlineData("token-classifier")]
    [InlineData("question-answerer")]
    public async Task A_task_model_with_a_new_head_is_loaded_from_its_adapter_and_merged(string kind)
    {
        File.WriteAllText(_folder.File("tagged.tsv"), "token\ttag\nMaria\tB-PER\nlives\tO\nin\tO\nBerlin\tB-LOC\n\nIt\tO\nrains\tO\n");
        File.WriteAllText(_folder.File("passages.tsv"), "question\tcontext\tanswer\nWho?\tMaria lives in Berlin.\tMaria\nWhere?\tMaria lives in Berlin.\tBerlin\n");
        var data = kind switch
        {
            "text-classifier" => "files: pairs.tsv, texts: [first], label: score, loss: TextClassificationLoss",
            "token-classifier" => "files: tagged.tsv, form: tagged-words, loss: TokenClassificationLoss",
            _ => "files: passages.tsv, form: questions, loss: QuestionAnsweringLoss",
        };
        var text = Text("lora").Replace("model: " + Base, $"{kind}: {{folder: {Base}}}", StringComparison.Ordinal)
            .Replace("files: pairs.tsv, texts: [first, second], score: score, loss: CoSENTLoss", data, StringComparison.Ordinal);
        var training = await Recipe.Parse(text, Options("out")).PrepareAsync();
        var first = Results(training.Model);
        await training.RunAsync();
        File.Exists(_folder.File("out/model.safetensors")).ShouldBeFalse();
        Transformers.Adapters.AdapterConfig.Load(_folder.File("out")).TaskType.ShouldBe(
            kind switch { "text-classifier" => "SEQ_CLS", "token-classifier" => "TOKEN_CLS", _ => "QUESTION_ANS" });
        AdapterFolders.Merge(_folder.File("out"), null, _folder.File("merged"));
        var trained = Results(training.Model);
        trained.ShouldNotBe(first);
        Results(Load("out")).ShouldBe(trained);
        foreach (var (merged, expected) in Results(Load("merged")).Zip(trained))
        {
            merged.ShouldBe(expected, 1e-5f);
        }

        ITrainableModel Load(string folder) => kind switch
        {
            "text-classifier" => TextClassifier.Load(_folder.File(folder)),
            "token-classifier" => TokenClassifier.Load(_folder.File(folder)),
            _ => QuestionAnswerer.Load(_folder.File(folder)),
        };

        static float[] Results(ITrainableModel model)
        {
            using var run = new Tensors.Computation();
            return model.Forward(run, new ModelInput(["Maria lives in Berlin."]) { Pairs = model is QuestionAnswerer ? ["In Berlin."] : null }).Value.Values.ToArray();
        }
    }

    [Theory]
    [InlineData("lorra", "there is no adapter 'lorra'; there are lora, adalora, ia3")]
    [InlineData("{method: adalora, initial-steps: 4, final-steps: 2}", "leave none to cut ranks")]
    [InlineData("{method: prefix, merge: true}", "cannot be merged")]
    [InlineData("{method: lora, targets: [wqkv]}", "are no layers of the model; its linear layers end with query")]
    [InlineData("{method: lora, size: 3}", "has no setting 'size'")]
    [InlineData("{method: prompt, merge: true}", "cannot be merged")]
    [InlineData("{method: lora, modules-to-save: [head]}", "has no module 'head'")]
    [InlineData("{method: lora, targets: '('}", "(")]
    public async Task Wrong_settings_name_their_line(string adapter, string message)
    {
        var fault = await Should.ThrowAsync<RecipeException>(() => Recipe.Parse(Text(adapter), Options("out")).PrepareAsync());
        fault.Message.ShouldContain(message);
        fault.Message.ShouldContain("line 2");
    }

    [Fact]
    public async Task AdaLoRA_ends_with_the_ranks_of_its_budget()
    {
        await Recipe.Parse(Text("{method: adalora, initial-rank: 3, target-rank: 1}"), Options("out")).RunAsync();
        var config = (Transformers.Adapters.AdaLoraConfig)Transformers.Adapters.AdapterConfig.Load(_folder.File("out"));
        config.RankPattern.Values.Sum(kept => kept.Count(one => one)).ShouldBe(config.RankPattern.Count);
        config.TotalSteps.ShouldBe(6);
    }

    [Fact]
    public async Task Averages_unfreezing_and_dropout_of_attention_are_settings_of_the_recipe()
    {
        async Task<TrainerOptions> OptionsOf(string setting) =>
            (await Recipe.Parse(Text("lora") + "\n" + setting, Options("out")).PrepareAsync()).Options;
        (await OptionsOf("ema: 0.99")).Averaging.ShouldBe(new WeightAveraging { Decay = 0.99 });
        (await OptionsOf("average: 0.5")).Averaging.ShouldBe(new WeightAveraging { After = 3 });
        (await OptionsOf("average: {from: 0.5, every: 2}")).Averaging.ShouldBe(new WeightAveraging { After = 3, Every = 2 });
        (await OptionsOf("unfreeze: {every: 2}")).Unfreezing.ShouldBe(new GradualUnfreezing { Every = 2 });
        (await OptionsOf("unfreeze: {every: epoch}")).Unfreezing.ShouldBe(new GradualUnfreezing { Every = 2 });
        var rates = await OptionsOf("dropout: 0.2\nattention-dropout: 0");
        (rates.DropoutRate, rates.AttentionDropoutRate).ShouldBe((0.2f, 0f));
        (await Should.ThrowAsync<RecipeException>(() => OptionsOf("ema: 0.9\naverage: 0.5"))).Message.ShouldContain("not by both");
        await Should.ThrowAsync<ArgumentException>(
            () => Recipe.Parse(Text("{method: adalora, target-rank: 1}") + "\nema: 0.9", Options("out")).PrepareAsync());
    }

    [Fact]
    public void The_rate_of_a_layer_decays_with_the_layers_above_it()
    {
        string[] names = ["0.embeddings.word_embeddings.weight", "0.encoder.layer.0.output.dense.weight", "0.encoder.layer.1.output.dense.weight", "1.linear.weight"];
        Tensors.Parameter[] parameters = [.. names.Select(name => new Tensors.Parameter(name, Tensors.Tensor.Zeros(1, 1)))];
        var groups = ParameterGroups.From(parameters, 0, LayerDecay.Rules(parameters, 0.5));
        names.Select(name => groups.Single(group => group.Parameters.Any(parameter => parameter.Name == name)).LearningRateFactor).ShouldBe([0.25, 0.5, 1, 1]);
    }

    private static string Text(string adapter) => $$$"""
        model: {{{Base}}}
        adapter: {{{adapter}}}
        output: out
        datasets: [{name: pairs, files: pairs.tsv, texts: [first, second], score: score, loss: CoSENTLoss, batch-size: 2}]
        steps: 6
        rate: 1e-2
        checkpoint-every: 1
        """;

    private RecipeOptions Options(string output) => new() { DataFolder = _folder.Path, Output = _folder.File(output) };

    private sealed class Stopper(CancellationTokenSource stop) : IProgress<RecipeProgress>
    {
        public void Report(RecipeProgress value)
        {
            if (value.Step!.Step == 3)
            {
                stop.Cancel();
            }
        }
    }
}
