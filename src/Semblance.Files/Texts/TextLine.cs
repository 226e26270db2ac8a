namespace Semblance.Files;

/// <summary>Represents a line of a text file.</summary>
/// <param name="Number">The number of the line, from 1.</param>
/// <param name="Text">The text without its line ending; U+FFFD replaces bytes that are not UTF-8.</param>
/// <param name="Problem">The reason why the line cannot be read as text; <see langword="null"/> if it can.</param>
public readonly record struct TextLine(long Number, string Text, string? Problem = null)
{
    /// <summary>Gets a value that indicates whether the line has only white space.</summary>
    public bool IsBlank => string.IsNullOrWhiteSpace(Text);
}
