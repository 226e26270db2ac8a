using Semblance.Tensors;

namespace Semblance;

/// <summary>The vectors of several texts, in the order of the texts.</summary>
public sealed class Embeddings
{
    private readonly int[] _tokenCounts;
    private readonly bool[] _truncated;

    internal Embeddings(Tensor vectors, int[] tokenCounts, bool[] truncated)
    {
        Vectors = vectors;
        _tokenCounts = tokenCounts;
        _truncated = truncated;
    }

    /// <summary><c>[texts × dimension]</c>.</summary>
    public Tensor Vectors { get; }

    /// <summary>The number of texts.</summary>
    public int Count => _tokenCounts.Length;

    /// <summary>How many tokens of each text the model saw, the special ones and the prompt included.</summary>
    public IReadOnlyList<int> TokenCounts => _tokenCounts;

    /// <summary>Which texts were longer than the model takes, so that their end is not in the vector.</summary>
    public IReadOnlyList<bool> Truncated => _truncated;

    /// <summary>The vector of one text.</summary>
    /// <param name="index">The text's place, from 0.</param>
    public ReadOnlySpan<float> this[int index] => Vectors.Row(index);
}
