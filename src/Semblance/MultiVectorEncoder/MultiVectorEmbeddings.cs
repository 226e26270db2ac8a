using System.Collections;
using Semblance.Tensors;

namespace Semblance;

/// <summary>Represents the token vectors of several texts, in the order of the texts.</summary>
public sealed class MultiVectorEmbeddings : EncodedTexts, IReadOnlyList<Tensor>
{
    internal MultiVectorEmbeddings(IReadOnlyList<Tensor> vectors, int[] tokenCounts, bool[] truncated)
        : base(tokenCounts, truncated) => Vectors = vectors;

    /// <summary>Gets the vectors of each text, <c>[kept tokens × dimension]</c>.</summary>
    public IReadOnlyList<Tensor> Vectors { get; }

    /// <summary>Gets the vectors of one text, <c>[kept tokens × dimension]</c>.</summary>
    /// <param name="index">The zero-based index of the text.</param>
    public Tensor this[int index] => Vectors[index];

    /// <summary>Returns an enumerator of the vectors of each text.</summary>
    public IEnumerator<Tensor> GetEnumerator() => Vectors.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
