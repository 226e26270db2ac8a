namespace Semblance;

/// <summary>Represents an answer that was found in a text.</summary>
/// <param name="Text">The answer; empty if the text has none.</param>
/// <param name="Score">The product of the probabilities of the first and the last token.</param>
/// <param name="Start">The position of the first character in the text, in UTF-16 units.</param>
/// <param name="Length">The number of characters, in UTF-16 units; 0 if the text has no answer.</param>
public sealed record Answer(string Text, float Score, int Start, int Length)
{
    /// <summary>Gets the position after the last character.</summary>
    public int End => Start + Length;
}
