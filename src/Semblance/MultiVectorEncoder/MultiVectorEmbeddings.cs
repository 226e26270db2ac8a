using Semblance.Tensors;

namespace Semblance;

/// <summary>The token vectors of several texts, in the order of the texts.</summary>
public sealed class MultiVectorEmbeddings
{
    internal MultiVectorEmbeddings(IReadOnlyList<Tensor> vectors, int[] tokenCounts, bool[] truncated) =>
        (Vectors, TokenCounts, Truncated) = (vectors, tokenCounts, truncated);

    /// <summary>For each text <c>[tokens that count × dimension]</c>.</summary>
    public IReadOnlyList<Tensor> Vectors { get; }

    /// <summary>The number of texts.</summary>
    public int Count => Vectors.Count;

    /// <summary>How many tokens of each text the model saw, special ones, prompt and expansion included.</summary>
    public IReadOnlyList<int> TokenCounts { get; }

    /// <summary>Which texts were longer than the model takes, so that their end is not in the vectors.</summary>
    public IReadOnlyList<bool> Truncated { get; }

    /// <summary>The vectors of one text, <c>[tokens that count × dimension]</c>.</summary>
    /// <param name="index">The text's place, from 0.</param>
    public Tensor this[int index] => Vectors[index];
}
