namespace Semblance.Tokenizers;

/// <summary>A range of a <see cref="NormalizedText"/>: a word, or with an <paramref name="Id"/> of 0 or more a token already.</summary>
public readonly record struct Word(int Start, int End, int Id = -1);
