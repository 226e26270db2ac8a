using Semblance.Tensors;

namespace Semblance;

/// <summary>The token vectors of several texts, in the order of the texts.</summary>
public sealed class MultiVectorEmbeddings : EncodedTexts
{
    internal MultiVectorEmbeddings(IReadOnlyList<Tensor> vectors, int[] tokenCounts, bool[] truncated)
        : base(tokenCounts, truncated) => Vectors = vectors;

    /// <summary>Gets the vectors: for each text <c>[tokens that count × dimension]</c>.</summary>
    public IReadOnlyList<Tensor> Vectors { get; }

    /// <summary>Gets the vectors of one text, <c>[tokens that count × dimension]</c>.</summary>
    /// <param name="index">The text's place, from 0.</param>
    public Tensor this[int index] => Vectors[index];
}
