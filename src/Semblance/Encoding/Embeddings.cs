using System.Collections;
using Semblance.Tensors;

namespace Semblance;

/// <summary>Represents the vectors of several texts, in the order of the texts.</summary>
/// <remarks>
/// The vectors can be enumerated. Each is copied once, when it is read as <see cref="ReadOnlyMemory{T}"/> or converted to an array;
/// <see cref="this[int]"/> and <see cref="Vectors"/> copy nothing.
/// </remarks>
/// <example><code>
/// float[][] rows = model.Encode(texts).ToJaggedArray();
///
/// // The type of Microsoft.Extensions.AI:
/// var generated = model.Encode(texts).Select(vector => new Microsoft.Extensions.AI.Embedding&lt;float&gt;(vector)).ToList();
/// </code></example>
public sealed class Embeddings : EncodedTexts, IReadOnlyList<ReadOnlyMemory<float>>
{
    internal Embeddings(Tensor vectors, int[] tokenCounts, bool[] truncated)
        : base(tokenCounts, truncated) => Vectors = vectors;

    /// <summary>Gets the vectors, <c>[texts × dimension]</c>.</summary>
    public Tensor Vectors { get; }

    /// <summary>Gets the number of elements of a vector.</summary>
    public int Dimension => Vectors.Columns;

    /// <summary>Gets the vector of one text.</summary>
    /// <param name="index">The zero-based index of the text.</param>
    public ReadOnlySpan<float> this[int index] => Vectors.Row(index);

    /// <summary>Gets a copy of the vector of one text.</summary>
    /// <param name="index">The zero-based index of the text.</param>
    ReadOnlyMemory<float> IReadOnlyList<ReadOnlyMemory<float>>.this[int index] => Vectors.Row(index).ToArray();

    /// <summary>Returns an array with one array for each vector.</summary>
    /// <returns>The vectors, <c>[texts][dimension]</c>.</returns>
    public float[][] ToJaggedArray()
    {
        var rows = new float[Count][];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = Vectors.Row(row).ToArray();
        }

        return rows;
    }

    /// <summary>Returns a two-dimensional array of the vectors.</summary>
    /// <returns>The vectors, <c>[texts, dimension]</c>.</returns>
    public float[,] ToRectangularArray()
    {
        var values = new float[Count, Dimension];
        for (var row = 0; row < Count; row++)
        {
            for (var column = 0; column < Dimension; column++)
            {
                values[row, column] = Vectors.Row(row)[column];
            }
        }

        return values;
    }

    /// <summary>Returns an enumerator of the vectors.</summary>
    public IEnumerator<ReadOnlyMemory<float>> GetEnumerator()
    {
        for (var row = 0; row < Count; row++)
        {
            yield return Vectors.Row(row).ToArray();
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
