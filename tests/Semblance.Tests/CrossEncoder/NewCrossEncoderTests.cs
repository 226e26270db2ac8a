using System.Text.Json;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Tests;

/// <summary>Cross-encoders with a head that has learned nothing, and what is written of them.</summary>
public sealed class NewCrossEncoderTests
{
    private static readonly (string, string)[] Pairs = [("How many people live in Berlin?", "Berlin has three million inhabitants."), ("Hi", "A man is eating food."), ("", "x")];

    [Fact]
    public void A_new_head_stands_on_a_copy_of_the_transformer()
    {
        var encoder = SentenceTransformer.LoadTrainable(Fixtures.Own("st/mean-normalize"));
        var input = (TransformerModule)encoder.Modules[0];
        var before = encoder.Encode("Hi");
        var model = CrossEncoder.Create(input, seed: 3);
        model.MaxSequenceLength.ShouldBe(input.MaxSequenceLength);
        model.Config.Activation.ShouldBe(Activation.Sigmoid);
        var own = model.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        foreach (var (name, parameter) in input.Transformer.Parameters())
        {
            own["bert." + name].Values.ToArray().ShouldBe(parameter.Values.ToArray(), name);
        }

        own["classifier.weight"].Shape.ToArray().ShouldBe([1, input.Transformer.HiddenSize]);
        foreach (var (_, parameter) in own)
        {
            parameter.Writable.Clear();
        }

        encoder.Encode("Hi").ShouldBe(before);
        CrossEncoder.Create(input, seed: 3).Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value)["classifier.weight"].Values.ToArray().ShouldBe(CrossEncoder.Create(input, seed: 3).Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value)["classifier.weight"].Values.ToArray());
    }

    [Theory]
    [InlineData("albert")]
    [InlineData("bert")]
    [InlineData("deberta-v2")]
    [InlineData("distilbert")]
    [InlineData("electra")]
    [InlineData("llama")]
    [InlineData("modernbert")]
    [InlineData("mpnet")]
    public void Every_architecture_with_a_classifier_becomes_a_cross_encoder_that_is_read_again(string architecture)
    {
        using var folder = new TemporaryFolder();
        var model = CrossEncoder.Create(Input(architecture), ["contradiction", "entailment", "neutral"], seed: 1);
        var scores = model.Predict(Pairs).Scores.Values.ToArray();
        scores.Distinct().Count().ShouldBe(9);
        model.Save(folder.Path);
        var read = CrossEncoder.Load(folder.Path);
        read.Labels.ShouldBe(["contradiction", "entailment", "neutral"]);
        read.Config.Activation.ShouldBe(Activation.Identity);
        read.MaxSequenceLength.ShouldBe(40);
        read.Predict(Pairs).Scores.Values.ToArray().ShouldBe(scores);
        read.Parameters().Select(parameter => parameter.Name).ShouldBe(model.Parameters().Select(parameter => parameter.Name));
    }

    [Fact]
    public void The_files_are_those_of_the_originals_cross_encoders()
    {
        using var folder = new TemporaryFolder();
        CrossEncoder.Create(Input("bert")).Save(folder.Path);
        using var original = JsonDocument.Parse(File.ReadAllText(Path.Combine(Fixtures.Own("losses/cross-encoder/model-1"), "config.json")));
        using var own = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.Path, "config.json")));
        foreach (var field in (string[])["architectures", "id2label", "label2id", "model_type"])
        {
            JsonElement.DeepEquals(own.RootElement.GetProperty(field), original.RootElement.GetProperty(field)).ShouldBeTrue(field);
        }

        own.RootElement.GetProperty("sentence_transformers").GetProperty("activation_fn").GetString().ShouldBe(original.RootElement.GetProperty("sentence_transformers").GetProperty("activation_fn").GetString());
        var names = Checkpoints.SafetensorsFile.Open(Path.Combine(folder.Path, "model.safetensors")).Tensors.Select(tensor => tensor.Name);
        names.Where(name => !name.Contains(".layer.", StringComparison.Ordinal)).ShouldBe(
            Checkpoints.SafetensorsFile.Open(Path.Combine(Fixtures.Own("losses/cross-encoder/model-1"), "model.safetensors")).Tensors.Select(tensor => tensor.Name).Where(name => !name.Contains(".layer.", StringComparison.Ordinal)), ignoreOrder: true);
        ((string[])["vocab.txt", "tokenizer_config.json"]).ShouldAllBe(file => File.Exists(Path.Combine(folder.Path, file)));
    }

    [Fact]
    public void A_recorded_model_is_written_as_it_was_read()
    {
        using var folder = new TemporaryFolder();
        var model = CrossEncoder.LoadTrainable(Fixtures.Own("losses/cross-encoder/model-1"));
        model.Save(folder.Path);
        var read = CrossEncoder.Load(folder.Path);
        (read.MaxSequenceLength, read.Config.Activation).ShouldBe((48, Activation.Sigmoid));
        read.Predict(Pairs).Scores.Values.ToArray().ShouldBe(model.Predict(Pairs).Scores.Values.ToArray());
    }

    [Fact]
    public void Labels_that_make_no_classifier_and_models_without_one_are_faults()
    {
        Should.Throw<ArgumentException>(() => CrossEncoder.Create(Input("bert"), [])).Message.ShouldContain("at least one label");
        Should.Throw<ArgumentException>(() => CrossEncoder.Create(Input("bert"), ["a", "a"]));
        Should.Throw<ModelFormatException>(() => CrossEncoder.Create(Input("t5"))).Message.ShouldContain("no head that classifies sequences");
    }

    private static TransformerModule Input(string architecture)
    {
        var tokenizer = Tokenizer.Load(Fixtures.Own("losses/cross-encoder/model-1"));
        var sizes = new ModelSizes { VocabSize = tokenizer.VocabularySize, HiddenSize = 16, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 32, MaxPositionEmbeddings = 48, PadTokenId = 0 };
        return new TransformerModule(tokenizer, Transformer.CreateRandom(architecture, sizes, seed: 2), maxSequenceLength: 40);
    }
}
