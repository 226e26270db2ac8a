using System.Numerics.Tensors;
using Semblance.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Benchmarks;

/// <summary>Made-up sentence vectors: of length one, around centers of which there is one for a hundred vectors.</summary>
internal static class ClusteredVectors
{
    private const int PerCluster = 100;
    private const float Spread = 0.8f; // relative to the centers: neighbors have a cosine of about 0.6

    /// <summary>Vectors <c>[count × dimension]</c>; the same for the same seed.</summary>
    public static Tensor Of(int count, int dimension, int seed)
    {
        var clusters = Math.Max(1, count / PerCluster);
        var centers = new float[clusters * dimension];
        Fill(new Random(seed), centers);
        var vectors = Tensor.Zeros(count, dimension);
        Workers.Shared.For((count + 999) / 1000, int.MaxValue, task =>
        {
            var random = new Random((seed * 1_000_003) + task + 1);
            for (var row = task * 1000; row < Math.Min(count, (task + 1) * 1000); row++)
            {
                var vector = vectors.Writable.Slice(row * dimension, dimension);
                Fill(random, vector);
                TensorPrimitives.Multiply(vector, Spread, vector);
                TensorPrimitives.Add(vector, centers.AsSpan(random.Next(clusters) * dimension, dimension), vector);
                TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
            }
        });
        return vectors;
    }

    // Four uniform numbers make a bell that is near enough to the normal one.
    private static void Fill(Random random, Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle() - 2;
        }
    }
}
