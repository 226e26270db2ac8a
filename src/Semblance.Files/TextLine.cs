namespace Semblance.Files;

/// <summary>A line of a text file.</summary>
/// <param name="Number">The number of the line, from 1.</param>
/// <param name="Text">The text without its line ending; U+FFFD stands for bytes that are not UTF-8.</param>
/// <param name="Problem">Why the line cannot be read as text; null if it can.</param>
public readonly record struct TextLine(long Number, string Text, string? Problem = null)
{
    /// <summary>Gets whether the line has nothing but white space.</summary>
    public bool IsBlank => string.IsNullOrWhiteSpace(Text);
}
