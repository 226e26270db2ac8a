using Semblance.Tensors;

namespace Semblance;

/// <summary>Scores of sparse vectors: every one with every other, pair by pair, or one pair. Sums are double precision.</summary>
public static class SparseSimilarity
{
    // As in PyTorch: zero vectors score 0.
    private const double SmallestNorm = 1e-12;

    /// <summary>The scores of all vectors of one set with all of another, on all threads.</summary>
    /// <param name="a">m vectors.</param>
    /// <param name="b">n vectors of as many elements.</param>
    /// <param name="similarity">How to compare.</param>
    /// <returns><c>[m × n]</c>.</returns>
    /// <exception cref="ArgumentException">Vectors differ in their number of elements.</exception>
    public static Tensor Matrix(IReadOnlyList<SparseVector> a, IReadOnlyList<SparseVector> b, SimilarityFunction similarity = SimilarityFunction.DotProduct)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        similarity.Checked();
        var scores = Tensor.Zeros(a.Count, b.Count);
        if (a.Count == 0 || b.Count == 0)
        {
            return scores;
        }

        foreach (var vector in a.Concat(b))
        {
            Check(a[0], vector);
        }

        Workers.Shared.For(a.Count, int.MaxValue, i =>
        {
            var dense = a[i].ToDense(); // one side with its zeros: then a score costs as many steps as the other has elements
            var row = scores.Writable.Slice(i * b.Count, b.Count);
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = Score(dense, a[i].Values.Span, b[j], similarity);
            }
        });
        return scores;
    }

    /// <summary>The score of each vector of one set with the one at the same place of another.</summary>
    /// <param name="a">n vectors.</param>
    /// <param name="b">n vectors of as many elements.</param>
    /// <param name="similarity">How to compare.</param>
    /// <returns>n scores.</returns>
    /// <exception cref="ArgumentException">The sets differ in size, or vectors in their number of elements.</exception>
    public static float[] Pairwise(IReadOnlyList<SparseVector> a, IReadOnlyList<SparseVector> b, SimilarityFunction similarity = SimilarityFunction.DotProduct)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.Count == b.Count
            ? [.. a.Select((vector, i) => Of(vector, b[i], similarity))]
            : throw new ArgumentException($"{a.Count} vectors cannot be paired with {b.Count}.", nameof(b));
    }

    /// <summary>The score of two vectors.</summary>
    /// <exception cref="ArgumentException">They differ in their number of elements.</exception>
    public static float Of(SparseVector a, SparseVector b, SimilarityFunction similarity = SimilarityFunction.DotProduct) =>
        Matrix([a], [b], similarity).Values[0];

    internal static void Check(SparseVector a, SparseVector b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Dimension != b.Dimension)
        {
            throw new ArgumentException($"A vector of {b.Dimension} dimensions cannot be compared with one of {a.Dimension}.", nameof(b));
        }
    }

    private static float Score(float[] dense, ReadOnlySpan<float> active, SparseVector other, SimilarityFunction similarity)
    {
        double product = 0, overlap = 0; // overlap: how much nearer shared places bring the two
        var indices = other.Indices.Span;
        var values = other.Values.Span;
        for (var i = 0; i < indices.Length; i++)
        {
            double x = dense[indices[i]], y = values[i];
            product += x * y;
            overlap += Math.Abs(x) + Math.Abs(y) - Math.Abs(x - y);
        }

        return (float)(similarity switch
        {
            SimilarityFunction.Cosine => product / (Math.Max(Math.Sqrt(Squares(active)), SmallestNorm) * Math.Max(Math.Sqrt(Squares(values)), SmallestNorm)),
            SimilarityFunction.DotProduct => product,
            SimilarityFunction.Euclidean => 0 - Math.Sqrt(Math.Max(0, Squares(active) + Squares(values) - (2 * product))),
            _ => 0 - Math.Max(0, Magnitudes(active) + Magnitudes(values) - overlap),
        });
    }

    private static double Squares(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value * value;
        }

        return sum;
    }

    private static double Magnitudes(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += Math.Abs((double)value);
        }

        return sum;
    }
}
