namespace Semblance;

/// <summary>Represents the results of a model for several texts or pairs of texts, in their order.</summary>
public abstract class EncodedTexts
{
    private protected EncodedTexts(int[] tokenCounts, bool[] truncated) => (TokenCounts, Truncated) = (tokenCounts, truncated);

    /// <summary>Gets the number of texts.</summary>
    public int Count => TokenCounts.Count;

    /// <summary>Gets the number of tokens of each text that the model encoded, special tokens and prompt included.</summary>
    public IReadOnlyList<int> TokenCounts { get; }

    /// <summary>
    /// Gets, for each text, a value that indicates whether it was longer than the maximum sequence length, so that its end is left out.
    /// </summary>
    public IReadOnlyList<bool> Truncated { get; }
}
