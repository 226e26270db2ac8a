namespace Semblance;

/// <summary>Represents an immutable vector that stores only its nonzero elements.</summary>
public sealed class SparseVector
{
    private readonly int[] _indices;
    private readonly float[] _values;

    /// <summary>Initializes a new instance of the <see cref="SparseVector"/> class from indices and values.</summary>
    /// <param name="dimension">The number of elements, zeros included.</param>
    /// <param name="indices">The indices, in ascending order, each less than <paramref name="dimension"/>; they are copied.</param>
    /// <param name="values">The elements at the indices; they are copied.</param>
    /// <exception cref="ArgumentException">
    /// The indices are not ascending or out of range, or the numbers of indices and values differ.
    /// </exception>
    public SparseVector(int dimension, ReadOnlySpan<int> indices, ReadOnlySpan<float> values)
        : this(dimension, indices.ToArray(), values.ToArray())
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dimension);
        if (indices.Length != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not match {indices.Length} indices.", nameof(values));
        }

        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] >= dimension || indices[i] <= (i == 0 ? -1 : indices[i - 1]))
            {
                throw new ArgumentException($"The index {indices[i]} is not greater than the one before it and less than {dimension}.",
                    nameof(indices));
            }
        }
    }

    private SparseVector(int dimension, int[] indices, float[] values) => (Dimension, _indices, _values) = (dimension, indices, values);

    /// <summary>Gets the number of elements, zeros included.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of nonzero elements.</summary>
    public int ActiveDimensions => _indices.Length;

    /// <summary>Gets the indices of the nonzero elements, in ascending order.</summary>
    public ReadOnlyMemory<int> Indices => _indices;

    /// <summary>Gets the elements at <see cref="Indices"/>.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>Creates a sparse vector from the nonzero elements of a dense vector.</summary>
    public static SparseVector From(ReadOnlySpan<float> dense)
    {
        var count = 0;
        foreach (var value in dense)
        {
            count += value != 0 ? 1 : 0;
        }

        var (indices, values) = (new int[count], new float[count]);
        for (int i = 0, next = 0; next < count; i++)
        {
            if (dense[i] != 0)
            {
                (indices[next], values[next++]) = (i, dense[i]);
            }
        }

        return new SparseVector(dense.Length, indices, values);
    }

    /// <summary>Returns a vector of the largest elements, at most <paramref name="count"/>; the first of equal ones.</summary>
    /// <param name="count">The maximum number of elements, at least 1.</param>
    public SparseVector Largest(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count >= _indices.Length)
        {
            return this;
        }

        var kept = Order(_values, count);
        Array.Sort(kept);
        return new SparseVector(Dimension, Array.ConvertAll(kept, i => _indices[i]), Array.ConvertAll(kept, i => _values[i]));
    }

    /// <summary>Returns the dense vector, zeros included.</summary>
    public float[] ToDense()
    {
        var dense = new float[Dimension];
        for (var i = 0; i < _indices.Length; i++)
        {
            dense[_indices[i]] = _values[i];
        }

        return dense;
    }

    /// <summary>Returns the product of two vectors, element by element, where it is greater than 0.</summary>
    /// <param name="other">A vector of the same dimension.</param>
    /// <exception cref="ArgumentException">The other vector has another dimension.</exception>
    public SparseVector Intersection(SparseVector other)
    {
        SparseSimilarity.Check(this, other);
        var (indices, values) = (new List<int>(), new List<float>());
        for (int i = 0, j = 0; i < _indices.Length && j < other._indices.Length;)
        {
            var order = _indices[i].CompareTo(other._indices[j]);
            if (order == 0 && _values[i] * other._values[j] is > 0 and var product)
            {
                indices.Add(_indices[i]);
                values.Add(product);
            }

            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return new SparseVector(Dimension, [.. indices], [.. values]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{Dimension}], {ActiveDimensions} of them not 0";

    /// <summary>Returns the largest elements of a dense vector that are greater than a bound.</summary>
    internal static SparseVector Largest(ReadOnlySpan<float> dense, int count, float above)
    {
        var (indices, values) = (new List<int>(), new List<float>());
        for (var i = 0; i < dense.Length; i++)
        {
            if (dense[i] > above)
            {
                indices.Add(i);
                values.Add(dense[i]);
            }
        }

        return new SparseVector(dense.Length, indices.ToArray(), values.ToArray()).Largest(count);
    }

    /// <summary>
    /// Returns the positions in <see cref="Values"/> of the largest elements, in descending order; the first of equal ones first.
    /// </summary>
    internal int[] Order(int? count) => Order(_values, count ?? _values.Length);

    private static int[] Order(float[] values, int count)
    {
        var hits = new SearchHit[values.Length];
        for (var i = 0; i < hits.Length; i++)
        {
            hits[i] = new SearchHit(i, values[i]);
        }

        count = Math.Min(count, hits.Length);
        if (count > 0 && count < hits.Length)
        {
            Selection.BestFirst(hits.AsSpan(), count);
        }

        var best = hits.AsSpan(0, count);
        best.Sort(Selection.Order<SearchHit>());
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = best[i].Index;
        }

        return order;
    }
}
