namespace Semblance.Training;

/// <summary>How far <see cref="TextBlocks"/> has read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Lines">The lines of it that have been read.</param>
/// <param name="Rows">The rows of all files so far.</param>
/// <param name="Tokens">The tokens of all files so far, without special ones.</param>
public readonly record struct TextBlocksProgress(string Path, long Lines, int Rows, long Tokens);
