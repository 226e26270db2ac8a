namespace Semblance;

/// <summary>Represents the place of a passage in its document.</summary>
/// <param name="Start">The index of its first UTF-16 unit in the document.</param>
/// <param name="End">The index after its last UTF-16 unit.</param>
/// <param name="CodePointStart">The number of Unicode code points before it.</param>
/// <param name="CodePointEnd">The number of Unicode code points up to its end.</param>
public readonly record struct Passage(int Start, int End, int CodePointStart, int CodePointEnd)
{
    /// <summary>Returns the characters of the passage.</summary>
    /// <param name="document">The document.</param>
    public ReadOnlySpan<char> Of(string document) => document.AsSpan(Start, End - Start);
}
