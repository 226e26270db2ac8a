namespace Semblance;

/// <summary>A text of a stream, and whether it was there before.</summary>
/// <param name="Place">Its place in the stream, from 0.</param>
/// <param name="Text">The text.</param>
/// <param name="Duplicate">What it repeats; null if it is new.</param>
public sealed record CheckedText(long Place, string Text, Duplicate? Duplicate);
