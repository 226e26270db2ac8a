namespace Semblance.Tokenizers;

/// <summary>Represents a word: a range of a <see cref="NormalizedText"/>.</summary>
/// <param name="Start">The start of the range.</param>
/// <param name="End">The end of the range.</param>
/// <param name="Id">The id if the word is already a token (an added token); -1 if the model has to split it.</param>
public readonly record struct Word(int Start, int End, int Id = -1);
