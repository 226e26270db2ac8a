using Semblance.Tensors;
using Semblance.Transformers.Adapters;

namespace Semblance.Transformers.Tests.Adapters;

/// <summary>Provides small models and adapters whose parameters are random.</summary>
internal static class AdapterModels
{
    public const string Query = "encoder.layer.0.attention.self.query";

    public static PackedBatch Batch => PackedBatch.From([[3, 1, 4, 1, 5], [9, 2], [6]]);

    public static Transformer Body(string architecture = "bert", int seed = 1)
    {
        var body = Transformer.CreateRandom(architecture, new ModelSizes
        {
            VocabSize = 20,
            HiddenSize = 8,
            NumHiddenLayers = 2,
            NumAttentionHeads = 2,
            MaxPositionEmbeddings = 24,
        }, seed);
        Randomize(body.Parameters(), seed, 0.3);
        return body;
    }

    /// <summary>Creates an adapter that changes what the model computes.</summary>
    public static Adapter Random(AdaptableModel model, AdapterConfig config, int seed = 7)
    {
        var adapter = Adapter.Create(model, config, seed);
        Randomize(adapter.Parameters(), seed, 0.5);
        return adapter;
    }

    public static float[] Values(Transformer body, Adapter? adapter = null)
    {
        using var run = new Computation { Wrappers = adapter?.Wrappers };
        return body.Forward(run, body.WithVirtualTokens(run, Batch)).Values.ToArray();
    }

    public static Tensor Tensor(int seed, params int[] shape)
    {
        var tensor = Tensors.Tensor.Zeros(shape);
        Randomize([new Parameter("x", tensor)], seed, 1);
        return tensor;
    }

    public static void ShouldBeNear(this float[] actual, float[] expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < actual.Length; i++)
        {
            Math.Abs(actual[i] - expected[i]).ShouldBeLessThanOrEqualTo((float)(tolerance * largest), $"element {i}");
        }
    }

    private static void Randomize(IEnumerable<Parameter> parameters, int seed, double size)
    {
        var random = new Random(seed);
        foreach (var (_, tensor) in parameters)
        {
            foreach (ref var value in tensor.Writable)
            {
                value += (float)(size * ((2 * random.NextDouble()) - 1));
            }
        }
    }
}
