using Semblance.Tensors;

namespace Semblance;

/// <summary>Scores of vectors: every one with every other, pair by pair, or one pair.</summary>
/// <remarks>The score of two rows has the same bits alone and in any company.</remarks>
public static class Similarity
{
    // What a length is at least in a cosine, as in PyTorch: zero vectors score 0.
    private const double SmallestNorm = 1e-12;

    // So many rows at a time, fewer where their scores would not stay in the cache until they are copied.
    private const int BlockRows = 448;
    private const int BlockScores = 512 * 1024;

    /// <summary>The scores of all rows of <paramref name="a"/> with all rows of <paramref name="b"/>.</summary>
    /// <param name="a"><c>[m × dimensions]</c>.</param>
    /// <param name="b"><c>[n × dimensions]</c>.</param>
    /// <param name="similarity">How to compare.</param>
    /// <returns><c>[m × n]</c>.</returns>
    /// <exception cref="ArgumentException">The two differ in dimensions.</exception>
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

    /// <summary>The score of each row of <paramref name="a"/> with the same row of <paramref name="b"/>.</summary>
    /// <param name="a"><c>[n × dimensions]</c>.</param>
    /// <param name="b"><c>[n × dimensions]</c>.</param>
    /// <param name="similarity">How to compare.</param>
    /// <returns>n scores.</returns>
    /// <exception cref="ArgumentException">The two differ in dimensions or in the number of rows.</exception>
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

    /// <summary>The score of two vectors.</summary>
    /// <exception cref="ArgumentException">The two differ in dimensions.</exception>
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
