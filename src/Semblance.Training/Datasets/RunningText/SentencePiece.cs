namespace Semblance.Training;

/// <summary>Represents a sentence of a line, or a part of a sentence that is too long, with the white space that follows.</summary>
/// <param name="Start">The start, in UTF-16 units.</param>
/// <param name="End">The end, at which the next piece starts.</param>
/// <param name="Tokens">The number of tokens.</param>
internal readonly record struct SentencePiece(int Start, int End, int Tokens);
