namespace Semblance;

/// <summary>Represents a text of a stream and the earlier text that it duplicates, if any.</summary>
/// <param name="Place">The position in the stream, from 0.</param>
/// <param name="Text">The text.</param>
/// <param name="Duplicate">The duplicated text; <see langword="null"/> if the text is new.</param>
public sealed record CheckedText(long Place, string Text, Duplicate? Duplicate);
