using Semblance.Tensors;

namespace Semblance;

/// <summary>Represents the vectors of several texts, in the order of the texts.</summary>
public sealed class Embeddings : EncodedTexts
{
    internal Embeddings(Tensor vectors, int[] tokenCounts, bool[] truncated)
        : base(tokenCounts, truncated) => Vectors = vectors;

    /// <summary>Gets the vectors, <c>[texts × dimension]</c>.</summary>
    public Tensor Vectors { get; }

    /// <summary>Gets the vector of one text.</summary>
    /// <param name="index">The zero-based index of the text.</param>
    public ReadOnlySpan<float> this[int index] => Vectors.Row(index);
}
