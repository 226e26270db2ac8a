using Semblance.Tensors;

namespace Semblance.Transformers.Tests;

public class DeeperTransformerTests
{
    [Theory]
    [InlineData("bert", 5)]
    [InlineData("bert", 2)]
    [InlineData("roberta", 4)]
    [InlineData("electra", 3)]
    public void A_deeper_model_computes_nearly_the_same(string architecture, int layers)
    {
        var model = Random(architecture, layers: layers == 2 ? 1 : 2);
        var deeper = model.Deepen(layers);
        deeper.LayerCount.ShouldBe(layers);

        // New norms are 1 and 0, so an added layer normalizes what is normalized already.
        var (before, after) = (Hidden(model), Hidden(deeper));
        for (var i = 0; i < before.Length; i++)
        {
            after[i].ShouldBe(before[i], 1e-4);
        }
    }

    [Fact]
    public void An_added_layer_is_a_copy_of_the_layer_before_it_with_outputs_of_zero()
    {
        var model = Random("bert", layers: 3);
        var deeper = model.Deepen(5).Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value.Values.ToArray());
        var original = model.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value.Values.ToArray());
        foreach (var (layer, source) in (ReadOnlySpan<(int, int)>)[(0, 0), (1, 0), (2, 1), (3, 1), (4, 2)])
        {
            Of(deeper, layer, "attention.self.query.weight").ShouldBe(Of(original, source, "attention.self.query.weight"));
            Of(deeper, layer, "intermediate.dense.bias").ShouldBe(Of(original, source, "intermediate.dense.bias"));
            foreach (var output in (string[])["attention.output.dense.weight", "attention.output.dense.bias", "output.dense.weight"])
            {
                if (layer is 1 or 3)
                {
                    Of(deeper, layer, output).ShouldAllBe(value => value == 0);
                }
                else
                {
                    Of(deeper, layer, output).ShouldBe(Of(original, source, output));
                }
            }
        }

        static float[] Of(Dictionary<string, float[]> parameters, int layer, string name) => parameters[$"encoder.layer.{layer}.{name}"];
    }

    [Fact]
    public void The_parameters_of_a_deeper_model_are_its_own()
    {
        var model = Random("bert", layers: 1);
        var before = Hidden(model);
        foreach (var parameter in model.Deepen(2).Parameters())
        {
            parameter.Value.Writable.Clear();
        }

        Hidden(model).ShouldBe(before);
    }

    [Fact]
    public void A_model_without_layers_to_add_is_named()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Random("bert", layers: 2).Deepen(2)).ParamName.ShouldBe("layers");
        Should.Throw<NotSupportedException>(() => Random("modernbert", layers: 2).Deepen(3)).Message.ShouldContain("'modernbert'");
    }

    private static Transformer Random(string architecture, int layers) => Transformer.CreateRandom(
        architecture,
        new ModelSizes
        {
            VocabSize = 60,
            HiddenSize = 32,
            NumHiddenLayers = layers,
            NumAttentionHeads = 2,
            IntermediateSize = 48,
            PadTokenId = 1,
            BosTokenId = 0,
            EosTokenId = 2,
        },
        seed: 4);

    private static float[] Hidden(Transformer model)
    {
        using var run = new Computation();
        return model.Forward(run, PackedBatch.From([[5, 6, 7], [8, 9]])).Values.ToArray();
    }
}
