namespace Semblance.Tokenizers.Loading;

/// <summary>Represents a piece of a SentencePiece model.</summary>
internal readonly record struct SentencePiece(string Text, float Score, SentencePieceKind Kind);
