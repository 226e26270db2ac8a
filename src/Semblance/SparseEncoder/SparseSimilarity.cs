using Semblance.Tensors;

namespace Semblance;

/// <summary>Computes the similarity of sparse vectors: all pairs, row by row, or one pair. Sums are in double precision.</summary>
public static class SparseSimilarity
{
    // As in PyTorch: zero vectors score 0.
    private const double SmallestNorm = 1e-12;

    /// <summary>Computes the similarity of each vector of one set to each vector of another, in parallel.</summary>
    /// <param name="a">The m first vectors.</param>
    /// <param name="b">The n second vectors, of the same dimension.</param>
    /// <param name="similarity">The similarity function.</param>
    /// <returns>The scores, <c>[m × n]</c>.</returns>
    /// <exception cref="ArgumentException">The vectors differ in dimension.</exception>
    public static Tensor Matrix(
        IReadOnlyList<SparseVector> a, IReadOnlyList<SparseVector> b, SimilarityFunction similarity = SimilarityFunction.DotProduct)
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
            var dense = a[i].ToDense(); // with one side dense, a score takes as many steps as the other has elements
            var row = scores.Writable.Slice(i * b.Count, b.Count);
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = Score(dense, a[i].Values.Span, b[j], similarity);
            }
        });
        return scores;
    }

    /// <summary>Computes the similarity of each vector of one set to the vector at the same index of another.</summary>
    /// <param name="a">The n first vectors.</param>
    /// <param name="b">The n second vectors, of the same dimension.</param>
    /// <param name="similarity">The similarity function.</param>
    /// <returns>The n scores.</returns>
    /// <exception cref="ArgumentException">The sets differ in size, or the vectors in dimension.</exception>
    public static float[] Pairwise(
        IReadOnlyList<SparseVector> a, IReadOnlyList<SparseVector> b, SimilarityFunction similarity = SimilarityFunction.DotProduct)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.Count == b.Count
            ? [.. a.Select((vector, i) => Of(vector, b[i], similarity))]
            : throw new ArgumentException($"{a.Count} vectors cannot be paired with {b.Count}.", nameof(b));
    }

    /// <summary>Computes the similarity of two vectors.</summary>
    /// <exception cref="ArgumentException">The vectors differ in dimension.</exception>
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
        double product = 0, overlap = 0; // overlap: the part of the distance that shared indices remove
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
            SimilarityFunction.Cosine =>
                product / (Math.Max(Math.Sqrt(Squares(active)), SmallestNorm) * Math.Max(Math.Sqrt(Squares(values)), SmallestNorm)),
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
