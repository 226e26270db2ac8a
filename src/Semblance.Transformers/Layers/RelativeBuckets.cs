using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>Groups distances between tokens into buckets that widen with the distance (Raffel et al. 2020, arXiv:1910.10683).</summary>
internal static class RelativeBuckets
{
    /// <summary>Returns the bucket of a distance.</summary>
    /// <param name="distance">The position of the key minus that of the query.</param>
    /// <param name="buckets">The number of buckets.</param>
    /// <param name="maxDistance">The distance from which on all distances share a bucket.</param>
    /// <param name="bidirectional">
    /// <see langword="true"/> if keys after the query have half of the buckets; <see langword="false"/> if they count as distance 0.
    /// </param>
    public static int Of(int distance, int buckets, int maxDistance, bool bidirectional)
    {
        var first = 0;
        if (bidirectional)
        {
            buckets /= 2;
            first = distance > 0 ? buckets : 0;
            distance = Math.Abs(distance);
        }
        else
        {
            distance = Math.Max(-distance, 0);
        }

        var exact = buckets / 2;
        if (distance < exact)
        {
            return first + distance;
        }

        // In float32 like the original, which rounds down at the limits of buckets.
        var share = MathF.Log((float)distance / exact) / (float)Math.Log((double)maxDistance / exact);
        return first + Math.Min(buckets - 1, exact + (int)(share * (buckets - exact)));
    }

    /// <summary>Creates the attention bias for each head and distance.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="table"><c>[buckets × heads]</c>.</param>
    /// <param name="longest">The number of tokens of the longest sequence.</param>
    /// <param name="bucket">Returns the bucket of a distance, the position of the key minus that of the query.</param>
    public static AttentionBias Bias(Computation run, EmbeddingTable table, int longest, Func<int, int> bucket)
    {
        int heads = table.Columns, distances = Math.Max(0, (2 * longest) - 1);
        using var biases = run.Embed([.. Enumerable.Range(1 - longest, distances).Select(bucket)], table); // [distances × heads]
        int[] elements = [.. Enumerable.Range(0, biases.Length).Select(i => (i % distances * heads) + (i / distances))];
        return AttentionBias.ByDistance(run.Gather(biases, elements, heads, distances), longest - 1);
    }
}
