using System.Text.Json.Nodes;
using Semblance.Tensors;
using Semblance.Transformers.Generation;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

public class LanguageModelTests
{
    [Theory]
    [InlineData("gpt2-lm")]
    [InlineData("gemma")]
    [InlineData("llama")]
    [InlineData("mistral")] // its window is narrower than the sequence
    [InlineData("qwen2")]
    [InlineData("t5")]
    [InlineData("t5-v1_1")]
    public void A_token_at_a_time_gives_the_logits_of_the_whole_sequence_bit_for_bit(string folder)
    {
        using var copy = WithHead(Fixtures.Own("models/" + folder));
        CheckSteps(copy.Path, seed: 1, length: 20);
    }

    [Theory]
    [InlineData("gemma3")]
    [InlineData("mistral-rope-yarn")]
    [InlineData("qwen3")]
    public void Norms_of_heads_local_layers_and_scaled_angles_give_the_same_bits_too(string folder)
    {
        using var copy = WithHead(Fixtures.Own("models/" + folder));
        CheckSteps(copy.Path, seed: 2, length: 20);
    }

    [Theory]
    [InlineData("gpt2-lm")]
    [InlineData("t5")]
    public void Sequences_that_are_split_and_reordered_go_on_as_if_each_were_alone(string folder)
    {
        var model = LanguageModel.Load(Fixtures.Own("models/" + folder));
        int[] source = model.HasEncoder ? [4, 8, 15] : [];
        var decoding = model.Begin(source);
        using (var run = new Computation())
        {
            decoding.Next(run, [1, 2, 3]);
        }

        decoding.Reorder([0, 0, 0]);
        using (var run = new Computation())
        {
            decoding.Next(run, [4], [5], [6]);
        }

        decoding.Reorder([2, 0, 2]);
        decoding.Length.ShouldBe(4);
        using var last = new Computation();
        var logits = decoding.Next(last, [7], [8], [9]);

        int[][] sequences = [[1, 2, 3, 6, 7], [1, 2, 3, 4, 8], [1, 2, 3, 6, 9]];
        for (var i = 0; i < sequences.Length; i++)
        {
            using var run = new Computation();
            model.Begin(source).Next(run, sequences[i]).Row(0).SequenceEqual(logits.Row(i)).ShouldBeTrue($"sequence {i}");
        }
    }

    [Fact]
    public void A_step_that_was_broken_off_can_be_repeated()
    {
        var model = LanguageModel.Load(Fixtures.Own("models/gpt2-lm"));
        var decoding = model.Begin();
        using (var run = new Computation())
        {
            decoding.Next(run, [1, 2, 3]);
        }

        using (var stopped = new CancellationTokenSource())
        {
            stopped.Cancel();
            using var run = new Computation(cancellationToken: stopped.Token);
            Should.Throw<OperationCanceledException>(() => decoding.Next(run, [9]));
        }

        using var again = new Computation();
        using var whole = new Computation();
        decoding.Next(again, [4]).Values.SequenceEqual(model.Begin().Next(whole, [1, 2, 3, 4]).Values).ShouldBeTrue();
    }

    [Theory]
    [InlineData("gpt2", "names 'GPT2Model'")]
    [InlineData("bert-mlm", "names 'BertForMaskedLM'")]
    [InlineData("t5-encoder", "names 'T5EncoderModel'")]
    public void A_model_without_a_head_for_the_next_token_is_named(string folder, string problem)
    {
        var path = Fixtures.Own("models/" + folder);
        var fault = Should.Throw<ModelFormatException>(() => LanguageModel.Load(path));
        fault.Message.ShouldContain(problem);
        fault.Message.ShouldContain(path);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var model = LanguageModel.Load(Fixtures.Own("models/gpt2-lm"));
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => model.Begin([1]));
        Should.Throw<ArgumentException>(() => model.Begin().Next(run, [1], [2])).Message.ShouldContain("2 sequences");
        Should.Throw<ArgumentException>(() => model.Begin().Next(run, [model.VocabularySize])).Message.ShouldContain("token id");
        Should.Throw<ArgumentException>(() => model.Begin().Next(run, new int[model.MaxPositions + 1])).Message.ShouldContain("position");
        using var recording = new Computation(recording: true);
        Should.Throw<InvalidOperationException>(() => model.Begin().Next(recording, [1]));
    }

    // The recorded decoders have no head; their word embeddings serve as one.
    private static ModelFolder WithHead(string fixture)
    {
        var copy = new ModelFolder(fixture);
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(copy.Path, "config.json")))!;
        var name = (string)config["architectures"]![0]!;
        if (name.EndsWith("Model", StringComparison.Ordinal) && !name.EndsWith("LMHeadModel", StringComparison.Ordinal))
        {
            config["architectures"] = new JsonArray(name.Replace("TextModel", "", StringComparison.Ordinal).Replace("Model", "", StringComparison.Ordinal) + "ForCausalLM");
            config["tie_word_embeddings"] = true;
        }

        copy.Write("config.json", config.ToJsonString());
        return copy;
    }

    private static void CheckSteps(string folder, int seed, int length)
    {
        var model = LanguageModel.Load(folder);
        var random = new Random(seed);
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(model.VocabularySize))];
        var (source, tokens) = (model.HasEncoder ? Tokens(7) : [], Tokens(Math.Min(length, model.MaxPositions)));

        using var whole = new Computation();
        var expected = TaskModel.Load(folder).Forward(whole, PackedBatch.From([model.HasEncoder ? source : tokens]), model.HasEncoder ? PackedBatch.From([tokens]) : null)["logits"];
        var decoding = model.Begin(source);
        const int Prompt = 5;
        for (var i = Prompt - 1; i < tokens.Length; i++)
        {
            using var run = new Computation();
            var logits = decoding.Next(run, i == Prompt - 1 ? tokens[..Prompt] : [tokens[i]]);
            logits.Values.SequenceEqual(expected.Row(i)).ShouldBeTrue($"{folder}: token {i}");
        }

        decoding.Length.ShouldBe(tokens.Length);
    }
}
