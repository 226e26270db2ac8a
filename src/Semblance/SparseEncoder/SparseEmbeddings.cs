namespace Semblance;

/// <summary>The sparse vectors of several texts, in the order of the texts.</summary>
public sealed class SparseEmbeddings
{
    internal SparseEmbeddings(int dimension, IReadOnlyList<SparseVector> vectors, int[] tokenCounts, bool[] truncated) =>
        (Dimension, Vectors, TokenCounts, Truncated) = (dimension, vectors, tokenCounts, truncated);

    /// <summary>The number of elements of a vector, zeros included.</summary>
    public int Dimension { get; }

    /// <summary>The vectors.</summary>
    public IReadOnlyList<SparseVector> Vectors { get; }

    /// <summary>The number of texts.</summary>
    public int Count => Vectors.Count;

    /// <summary>How many tokens of each text the model saw, the special ones and the prompt included.</summary>
    public IReadOnlyList<int> TokenCounts { get; }

    /// <summary>Which texts were longer than the model takes, so that their end is not in the vector.</summary>
    public IReadOnlyList<bool> Truncated { get; }

    /// <summary>How many elements of a vector are not 0, on average; 0 without vectors.</summary>
    public double ActiveDimensions => Vectors.Select(vector => (double)vector.ActiveDimensions).DefaultIfEmpty(0).Average();

    /// <summary>The part of all elements that is 0, from 0 to 1.</summary>
    public double SparsityRatio => Count == 0 || Dimension == 0 ? 1 : 1 - (ActiveDimensions / Dimension);

    /// <summary>The vector of one text.</summary>
    /// <param name="index">The text's place, from 0.</param>
    public SparseVector this[int index] => Vectors[index];
}
