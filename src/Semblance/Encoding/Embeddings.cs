using Semblance.Tensors;

namespace Semblance;

/// <summary>The vectors of several texts, in the order of the texts.</summary>
public sealed class Embeddings : EncodedTexts
{
    internal Embeddings(Tensor vectors, int[] tokenCounts, bool[] truncated)
        : base(tokenCounts, truncated) => Vectors = vectors;

    /// <summary>Gets the vectors, <c>[texts × dimension]</c>.</summary>
    public Tensor Vectors { get; }

    /// <summary>Gets the vector of one text.</summary>
    /// <param name="index">The text's place, from 0.</param>
    public ReadOnlySpan<float> this[int index] => Vectors.Row(index);
}
