namespace Semblance;

/// <summary>A vector of which most elements are 0: the places of the others, and what stands there. Immutable.</summary>
public sealed class SparseVector
{
    private readonly int[] _indices;
    private readonly float[] _values;

    /// <summary>Makes a vector of places and elements.</summary>
    /// <param name="dimension">The number of elements, zeros included.</param>
    /// <param name="indices">The places, rising, each below <paramref name="dimension"/>; copied.</param>
    /// <param name="values">What stands there; copied.</param>
    /// <exception cref="ArgumentException">The places do not rise or lie outside, or there is not one element for each.</exception>
    public SparseVector(int dimension, ReadOnlySpan<int> indices, ReadOnlySpan<float> values)
        : this(dimension, indices.ToArray(), values.ToArray())
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dimension);
        if (indices.Length != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not stand at {indices.Length} places.", nameof(values));
        }

        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] >= dimension || indices[i] <= (i == 0 ? -1 : indices[i - 1]))
            {
                throw new ArgumentException($"The place {indices[i]} is not above the one before it and below {dimension}.", nameof(indices));
            }
        }
    }

    private SparseVector(int dimension, int[] indices, float[] values) => (Dimension, _indices, _values) = (dimension, indices, values);

    /// <summary>The number of elements, zeros included.</summary>
    public int Dimension { get; }

    /// <summary>The number of elements that are not 0.</summary>
    public int ActiveDimensions => _indices.Length;

    /// <summary>The places of elements that are not 0, rising.</summary>
    public ReadOnlyMemory<int> Indices => _indices;

    /// <summary>What stands at <see cref="Indices"/>.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>The elements of a dense vector that are not 0.</summary>
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

    /// <summary>At most so many elements, the largest; of equal ones the first.</summary>
    /// <param name="count">How many to keep, at least 1.</param>
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

    /// <summary>The vector with its zeros.</summary>
    public float[] ToDense()
    {
        var dense = new float[Dimension];
        for (var i = 0; i < _indices.Length; i++)
        {
            dense[_indices[i]] = _values[i];
        }

        return dense;
    }

    /// <summary>What two vectors share: the product of their elements, where it is above 0.</summary>
    /// <param name="other">A vector of as many elements.</param>
    /// <exception cref="ArgumentException">The other has another number of elements.</exception>
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

    /// <summary>The largest elements of a dense vector that are above a bound.</summary>
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

    /// <summary>The places in <see cref="Values"/> of the largest elements, the largest first and the first of equals.</summary>
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
