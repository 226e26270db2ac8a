using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Tests;

/// <summary>Vectors for tests: random ones, and the recorded ones.</summary>
internal static class Vectors
{
    private static readonly SafetensorsFile File = SafetensorsFile.Open(Fixtures.Own("util/expected.safetensors"));

    public static Tensor Recorded(string name) => File.Read(name);

    public static Tensor Random(int seed, int rows, int columns)
    {
        var random = new Random(seed);
        var tensor = Tensor.Zeros(rows, columns);
        foreach (ref var value in tensor.Writable)
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return tensor;
    }

    /// <summary>Vectors with few distinct coordinates: their dot products are exact, and many are equal.</summary>
    public static Tensor Coarse(int seed, int rows, int columns)
    {
        var random = new Random(seed);
        var tensor = Tensor.Zeros(rows, columns);
        foreach (ref var value in tensor.Writable)
        {
            value = random.Next(-1, 2);
        }

        return tensor;
    }

    public static void ShouldBeNear(this ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= tolerance))
            {
                Assert.Fail($"Element {i} is {actual[i]:R}, expected {expected[i]:R}; allowed {tolerance:G3}.");
            }
        }
    }
}
