using Semblance.Tensors;

namespace Semblance;

/// <summary>Computes the similarity of vectors: all pairs, row by row, or one pair.</summary>
/// <remarks>The score of two rows has the same bits alone and in any batch.</remarks>
public static class Similarity
{
    // The smallest length in a cosine, as in PyTorch: zero vectors score 0.
    private const double SmallestNorm = 1e-12;

    // The number of rows in a block; fewer if their scores would not stay in the cache until they are copied.
    private const int BlockRows = 448;
    private const int BlockScores = 512 * 1024;

    /// <summary>Computes the similarity of each row of <paramref name="a"/> to each row of <paramref name="b"/>.</summary>
    /// <param name="a">The first vectors, <c>[m × dimension]</c>.</param>
    /// <param name="b">The second vectors, <c>[n × dimension]</c>.</param>
    /// <param name="similarity">The similarity function.</param>
    /// <returns>The scores, <c>[m × n]</c>.</returns>
    /// <exception cref="ArgumentException">The vectors differ in dimension.</exception>
    public static Tensor Matrix(Tensor a, Tensor b, SimilarityFunction similarity = SimilarityFunction.Cosine)
    {
        Check(a, b, similarity);
        var scores = Tensor.Zeros(a.Rows, b.Rows);
        if (scores.Length == 0)
        {
            return scores;
        }

        using var run = new Computation();
        var right = new Comparand(Comparand.Ready(run, b.AsMatrix(), similarity), similarity);
        var rows = Math.Clamp(BlockScores / b.Rows, 14, BlockRows);
        Workers.Shared.For((a.Rows + rows - 1) / rows, int.MaxValue, block =>
        {
            var first = block * rows;
            using var part = new Computation();
            var left = Comparand.Ready(part, a.Slice(first, Math.Min(rows, a.Rows - first)), similarity);
            right.Scores(part, left).Values.CopyTo(scores.Writable[(first * b.Rows)..]);
        });
        return scores;
    }

    /// <summary>Computes the similarity of each row of <paramref name="a"/> to the same row of <paramref name="b"/>.</summary>
    /// <param name="a">The first vectors, <c>[n × dimension]</c>.</param>
    /// <param name="b">The second vectors, <c>[n × dimension]</c>.</param>
    /// <param name="similarity">The similarity function.</param>
    /// <returns>The n scores.</returns>
    /// <exception cref="ArgumentException">The vectors differ in dimension or in the number of rows.</exception>
    public static float[] Pairwise(Tensor a, Tensor b, SimilarityFunction similarity = SimilarityFunction.Cosine)
    {
        Check(a, b, similarity);
        if (a.Rows != b.Rows)
        {
            throw new ArgumentException($"{a.Rows} vectors cannot be paired with {b.Rows}.", nameof(b));
        }

        var scores = new float[a.Rows];
        Workers.Shared.For((scores.Length + BlockRows - 1) / BlockRows, int.MaxValue, block =>
        {
            for (var row = block * BlockRows; row < Math.Min(scores.Length, (block + 1) * BlockRows); row++)
            {
                scores[row] = Of(a.Row(row), b.Row(row), similarity);
            }
        });
        return scores;
    }

    /// <summary>Computes the similarity of two vectors.</summary>
    /// <exception cref="ArgumentException">The vectors differ in dimension.</exception>
    public static float Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b, SimilarityFunction similarity = SimilarityFunction.Cosine)
    {
        if (a.Length != b.Length)
        {
            throw new ArgumentException($"A vector of {b.Length} dimensions cannot be compared with one of {a.Length}.", nameof(b));
        }

        return similarity.Checked() switch
        {
            SimilarityFunction.Cosine => (float)(PairSums.Product(a, b) / (Norm(a) * Norm(b))),
            SimilarityFunction.DotProduct => (float)PairSums.Product(a, b),
            SimilarityFunction.Euclidean => (float)(0 - Math.Sqrt(PairSums.SquaredDifference(a, b))),
            _ => (float)(0 - PairSums.AbsoluteDifference(a, b)),
        };
    }

    private static double Norm(ReadOnlySpan<float> a) => Math.Max(Math.Sqrt(PairSums.Product(a, a)), SmallestNorm);

    private static void Check(Tensor a, Tensor b, SimilarityFunction similarity)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        TensorRows.CheckWidth(a, b, nameof(b));
        similarity.Checked();
    }
}
