using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests;

/// <summary>Provides inputs for tests, and comparisons of results.</summary>
internal static class TestTensors
{
    /// <summary>Gets every instruction set that this machine supports.</summary>
    public static TheoryData<InstructionSet> InstructionSets => [.. Instructions.InstructionSets.Available];

    public static Tensor Random(int seed, params int[] shape)
    {
        var random = new Random(seed);
        var tensor = Tensor.Zeros(shape);
        foreach (ref var value in tensor.Writable)
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return tensor;
    }

    /// <summary>Creates a batch of sequences of the given lengths with arbitrary ids.</summary>
    public static PackedBatch Batch(params int[] lengths) =>
        PackedBatch.From([.. lengths.Select((length, s) => Enumerable.Range(0, length).Select(i => ((i * 7) + s) % 50).ToArray())]);

    public static void ShouldBeNear(this ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        var worst = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= Math.Abs(actual[worst] - expected[worst])))
            {
                worst = i;
            }
        }

        if (actual.Length > 0 && !(Math.Abs(actual[worst] - expected[worst]) <= tolerance))
        {
            Assert.Fail($"Element {worst} is {actual[worst]:R}, expected {expected[worst]:R}: off by {actual[worst] - expected[worst]:G3}, allowed {tolerance:G3}.");
        }
    }
}
