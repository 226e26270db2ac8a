using System.Collections;

namespace Semblance;

/// <summary>Represents the sparse vectors of several texts, in the order of the texts.</summary>
public sealed class SparseEmbeddings : EncodedTexts, IReadOnlyList<SparseVector>
{
    internal SparseEmbeddings(int dimension, IReadOnlyList<SparseVector> vectors, int[] tokenCounts, bool[] truncated)
        : base(tokenCounts, truncated) => (Dimension, Vectors) = (dimension, vectors);

    /// <summary>Gets the number of elements of a vector, zeros included.</summary>
    public int Dimension { get; }

    /// <summary>Gets the vectors.</summary>
    public IReadOnlyList<SparseVector> Vectors { get; }

    /// <summary>Gets the mean number of nonzero elements of a vector; 0 without vectors.</summary>
    public double ActiveDimensions => Vectors.Select(vector => (double)vector.ActiveDimensions).DefaultIfEmpty(0).Average();

    /// <summary>Gets the fraction of all elements that are 0, from 0 to 1.</summary>
    public double SparsityRatio => Count == 0 || Dimension == 0 ? 1 : 1 - (ActiveDimensions / Dimension);

    /// <summary>Gets the vector of one text.</summary>
    /// <param name="index">The zero-based index of the text.</param>
    public SparseVector this[int index] => Vectors[index];

    /// <summary>Returns an enumerator of the vectors.</summary>
    public IEnumerator<SparseVector> GetEnumerator() => Vectors.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
