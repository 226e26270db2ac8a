namespace Semblance.Files;

/// <summary>Represents a text of a file with the place where it comes from.</summary>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Source">The lines of the file that the text comes from, without the last line ending.</param>
/// <param name="Text">The text.</param>
public readonly record struct TextEntry(long Line, string Source, string Text);
