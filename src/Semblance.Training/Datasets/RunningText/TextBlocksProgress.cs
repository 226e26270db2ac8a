namespace Semblance.Training;

/// <summary>Represents the progress of <see cref="TextBlocks.Read"/>.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Lines">The number of lines of the file read so far.</param>
/// <param name="Rows">The number of rows of all files so far.</param>
/// <param name="Tokens">The number of tokens of all files so far, without special tokens.</param>
public readonly record struct TextBlocksProgress(string Path, long Lines, int Rows, long Tokens);
