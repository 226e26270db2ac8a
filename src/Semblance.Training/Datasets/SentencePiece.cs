namespace Semblance.Training;

/// <summary>A sentence of a line, or a part of one that is too long, with the white space that follows.</summary>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where the next begins.</param>
/// <param name="Tokens">The number of its tokens.</param>
internal readonly record struct SentencePiece(int Start, int End, int Tokens);
