namespace Semblance;

/// <summary>What a model made of several texts, or of pairs of them, in their order.</summary>
public abstract class EncodedTexts
{
    private protected EncodedTexts(int[] tokenCounts, bool[] truncated) => (TokenCounts, Truncated) = (tokenCounts, truncated);

    /// <summary>Gets the number of texts.</summary>
    public int Count => TokenCounts.Count;

    /// <summary>Gets the number of tokens of each text that the model saw, special tokens and prompt included.</summary>
    public IReadOnlyList<int> TokenCounts { get; }

    /// <summary>Gets, for each text, whether it was longer than the model takes, so that its end is left out.</summary>
    public IReadOnlyList<bool> Truncated { get; }
}
