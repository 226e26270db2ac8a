namespace Semblance.Training;

/// <summary>A line of a file.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Text">Its text, without what ends it; U+FFFD stands for bytes that are not UTF-8.</param>
/// <param name="Valid">Whether all bytes are UTF-8.</param>
internal readonly record struct TextLine(long Number, string Text, bool Valid);
