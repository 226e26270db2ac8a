namespace Semblance;

/// <summary>Represents a part of a text that fits the maximum sequence length of a model.</summary>
/// <param name="Start">The index of the first UTF-16 unit of the chunk in the text.</param>
/// <param name="End">The index after the last UTF-16 unit.</param>
/// <param name="TokenCount">The number of tokens, special tokens and prompt included.</param>
public readonly record struct Chunk(int Start, int End, int TokenCount)
{
    /// <summary>Returns the characters of the chunk.</summary>
    /// <param name="text">The text that was divided.</param>
    public ReadOnlySpan<char> Of(string text) => text.AsSpan(Start, End - Start);
}
