using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Tests;

/// <summary>Tests the properties that every descriptor must have.</summary>
public class ArchitecturesTests
{
    private static readonly ModelSizes Sizes = new() { VocabSize = 30, HiddenSize = 16, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 24, MaxPositionEmbeddings = 16, Dropout = 0, PadTokenId = 1 };

    private static readonly PackedBatch Batch = PackedBatch.From([[5, 6, 7, 8], [9, 3]]);

    public static TheoryData<string> New => [.. NewConfiguration.Architectures];

    public static TheoryData<string> MaskedLanguageModels => [.. Architectures.All.Where(known => known.ClassFor(TaskKind.MaskedLanguageModel) is not null).Select(known => known.ModelType)];

    public static TheoryData<string> WithDecoder => [.. Decoder.EncoderArchitectures];

    [Fact]
    public void Masked_language_models_are_all_bidirectional_encoders_with_such_a_head() => ((IEnumerable<object[]>)MaskedLanguageModels).Select(row => (string)row[0]).ShouldBe(
        ["albert", "bert", "camembert", "deberta", "deberta-v2", "distilbert", "electra", "eurobert", "modernbert", "mpnet", "nomic_bert", "roberta", "xlm-roberta"], ignoreOrder: true);

    [Theory]
    [MemberData(nameof(MaskedLanguageModels))]
    public void A_masked_language_model_has_the_gradient_of_its_differences_and_loads_again(string architecture)
    {
        var body = Varied(architecture);
        var model = TaskModel.CreateMaskedLanguageModel(body, seed: 2);
        Vary(model.HeadParameters);
        EncoderGradientTests.Check(body.Parameters().Concat(model.HeadParameters), run => model.Head!.Forward(run, body.Forward(run, Batch), Batch));

        using var folder = new ModelFolder("models/nomic-bert");
        model.Save(folder.Path);
        using var run = new Computation();
        var expected = model.Head!.Forward(run, body.Forward(run, Batch), Batch).Values.ToArray();
        TaskModel.Load(folder.Path).Forward(run, Batch)["logits"].Values.ToArray().ShouldBe(expected);
        var again = TaskModel.LoadMaskedLanguageModel(folder.Path, body)!;
        again.HeadParameters.Select(parameter => parameter.Name).ShouldBe(model.HeadParameters.Select(parameter => parameter.Name));
        again.Head!.Forward(run, body.Forward(run, Batch), Batch).Values.ToArray().ShouldBe(expected);

        body.Save(folder.Path);
        TaskModel.LoadMaskedLanguageModel(folder.Path, body).ShouldBeNull();
    }

    [Fact]
    public void A_body_without_such_a_head_is_named_with_those_that_have_one() =>
        Should.Throw<ArgumentException>(() => TaskModel.CreateMaskedLanguageModel(Transformer.CreateRandom("t5", Sizes, 1), 1)).Message.ShouldContain("'t5' has no head that predicts masked tokens; those that have one are albert, bert,");

    [Fact]
    public void Decoders_are_made_of_the_encoders_whose_originals_have_cross_attention() =>
        ((IEnumerable<object[]>)WithDecoder).Select(row => (string)row[0]).ShouldBe(["bert", "camembert", "electra", "roberta", "xlm-roberta"], ignoreOrder: true);

    [Theory]
    [MemberData(nameof(WithDecoder))]
    public void A_decoder_made_of_an_encoder_has_the_gradient_of_its_differences(string architecture)
    {
        var encoder = Varied(architecture);
        var decoder = Decoder.FromEncoder(encoder, seed: 4);
        var shared = encoder.Parameters().Select(parameter => parameter.Value).ToHashSet();
        decoder.Parameters().Select(parameter => parameter.Name).ShouldAllBe(name => !name.Contains("pooler"));
        decoder.Parameters().Where(parameter => !shared.Contains(parameter.Value)).Select(parameter => parameter.Name).ShouldContain(name => name.Contains("layer.1.crossattention.self.query.weight"));
        Vary(decoder.Parameters().Where(parameter => !shared.Contains(parameter.Value)));
        var encoded = PackedBatch.From([[5, 6, 7], [9]]);
        EncoderGradientTests.Check(decoder.Parameters(), run => decoder.Logits(run, decoder.Forward(run, Batch, encoder.Forward(run, encoded), encoded)));
    }

    [Fact]
    public void A_body_whose_original_has_no_cross_attention_is_named_with_those_that_have() =>
        Should.Throw<ArgumentException>(() => Decoder.FromEncoder(Transformer.CreateRandom("mpnet", Sizes, 1))).Message.ShouldContain(
            "'mpnet' has no decoder with cross-attention; those that have one are bert, camembert, electra, roberta, xlm-roberta");

    [Theory]
    [MemberData(nameof(New))]
    public void Layers_are_found_by_their_names_and_hold_the_parameters_that_are_listed(string architecture)
    {
        var body = Transformer.CreateRandom(architecture, Sizes, 1);
        body.Parameters().Select(parameter => parameter.Name).ShouldBeUnique();
        var values = body.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        foreach (var (name, layer) in body.Layers)
        {
            body.FindLayer(name).ShouldBeSameAs(layer);
            layer.Parameters(name).ShouldAllBe(parameter => values[parameter.Name] == parameter.Value);
        }

        body.Layers.Values.OfType<Linear>().Count().ShouldBeGreaterThanOrEqualTo(2 * body.LayerCount / (architecture == "albert" ? 2 : 1));
        body.Layers.Values.ShouldContain(body.WordEmbeddings);
        body.FindLayer("none").ShouldBeNull();
        body.MultiplicationsPerToken.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(New))]
    public void Every_layer_can_be_wrapped_merged_and_restored(string architecture) => WrapEvery(Varied(architecture));

    [Theory]
    [InlineData("deberta", "encoder.layer.0.attention.self.in_proj", "encoder.rel_embeddings")]
    [InlineData("deberta-v2-conv", "encoder.conv.conv", "encoder.rel_embeddings")]
    [InlineData("t5-encoder", "encoder.block.0.layer.0.SelfAttention.relative_attention_bias")]
    public void Layers_that_are_stored_in_a_form_of_their_own_can_be_too(string folder, params string[] layers)
    {
        var body = Transformer.Load(Fixtures.Own("models/" + folder));
        layers.ShouldBeSubsetOf(body.Layers.Keys);
        WrapEvery(body);
    }

    [Fact]
    public void A_shared_layer_counts_as_often_as_a_token_passes_it_and_a_pooler_not_at_all()
    {
        var albert = Transformer.CreateRandom("albert", Sizes, 1);
        var bert = Transformer.CreateRandom("bert", Sizes, 1);
        bert.MultiplicationsPerToken.ShouldBe(2 * ((4 * 16 * 16) + (2 * 16 * 24)));
        albert.MultiplicationsPerToken.ShouldBe(bert.MultiplicationsPerToken + (16 * 16)); // plus the layer after the tables
    }

    // Each matrix belongs to a layer, and each layer is called through its wrapper, alone or merged.
    private static void WrapEvery(Transformer body)
    {
        var plain = Forward(body);
        var ofLayers = body.Layers.SelectMany(layer => layer.Value.Parameters(layer.Key)).Select(parameter => parameter.Name).ToHashSet();
        body.Parameters().Where(parameter => parameter.Value.Shape.Length > 1 && !ofLayers.Contains(parameter.Name)).Select(parameter => parameter.Name).ShouldBe([]);
        foreach (var (name, layer) in body.Layers)
        {
            var wrapper = new HalvingWrapper();
            layer.Wrap(wrapper);
            var wrapped = Forward(body);
            wrapper.Calls.ShouldBeGreaterThan(0, name);
            layer.Merge();
            Forward(body).Zip(wrapped, (merged, beside) => Math.Abs(merged - beside)).Max().ShouldBeLessThan(1e-4f, name);
            layer.Unwrap().ShouldBeSameAs(wrapper);
            Forward(body).ShouldBe(plain, name);
        }
    }

    private static float[] Forward(Transformer body)
    {
        using var run = new Computation();
        var hidden = body.Forward(run, Batch);
        var pooled = body.Pool(run, hidden, Batch);
        return [.. hidden.Values, .. pooled is null ? [] : pooled.Values];
    }

    private static Transformer Varied(string architecture)
    {
        var body = Transformer.CreateRandom(architecture, Sizes, 1);
        Vary(body.Parameters());
        return body;
    }

    // Weights of 0.02 would hide a gradient that is wrong.
    private static void Vary(IEnumerable<Parameter> parameters)
    {
        var random = new Random(7);
        foreach (var (name, value) in parameters)
        {
            var center = value.Shape.Length == 1 && name.EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0;
            foreach (ref var element in value.Writable)
            {
                element = center + (0.6f * (random.NextSingle() - 0.5f));
            }
        }
    }

    // Halves weight and bias: the output of a layer.
    private sealed class HalvingWrapper : LayerWrapper
    {
        public int Calls { get; private set; }

        public override IEnumerable<Parameter> Parameters(string name) => [];

        public override Tensor Forward(Computation run, Tensor x, Func<Tensor, Tensor> layer)
        {
            Calls++;
            return run.Scale(layer(x), 0.5f);
        }

        public override Tensor Embed(Computation run, int[] rows, Func<int[], Tensor> table)
        {
            Calls++;
            return run.Scale(table(rows), 0.5f);
        }

        public override (Tensor Weight, Tensor? Bias) Merge(Layer layer) =>
            (Half(layer.Weight, (layer as RmsNorm)?.Offset ?? 0), layer.Bias is null ? null : Half(layer.Bias, 0));

        private static Tensor Half(Tensor tensor, float offset) =>
            Tensor.From([.. tensor.Values.ToArray().Select(value => ((value + offset) / 2) - offset)], tensor.Shape);
    }

    [Theory]
    [InlineData("shared.weight", 1.0)]
    [InlineData("encoder.block.0.layer.0.SelfAttention.q.weight", 1.0 / 32)] // (64 · 16)^−½
    [InlineData("encoder.block.0.layer.0.SelfAttention.o.weight", 1.0 / 8)]
    [InlineData("encoder.block.0.layer.1.DenseReluDense.wo.weight", 1.0 / 16)]
    public void New_weights_of_T5_have_the_deviation_of_the_original(string name, double expected)
    {
        var sizes = new ModelSizes { VocabSize = 500, HiddenSize = 64, NumHiddenLayers = 1, NumAttentionHeads = 4, IntermediateSize = 256 };
        var values = Transformer.CreateRandom("t5", sizes, 1).Parameters().Single(parameter => parameter.Name == name).Value.Values;
        Math.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares(values) / (double)values.Length).ShouldBe(expected, 0.05 * expected);
    }
}
