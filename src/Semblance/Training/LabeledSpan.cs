namespace Semblance;

/// <summary>Represents a part of a text with a label, such as a word with its tag, or an answer.</summary>
/// <param name="Start">The position of the first character, in UTF-16 units.</param>
/// <param name="Length">The number of characters, in UTF-16 units.</param>
/// <param name="Label">The number of the label, from 0.</param>
public readonly record struct LabeledSpan(int Start, int Length, int Label = 0)
{
    /// <summary>Gets the position after the last character.</summary>
    public int End => Start + Length;
}
