namespace Semblance;

/// <summary>One text of a stream, and its sparse vector.</summary>
/// <param name="Text">The text.</param>
/// <param name="Vector">The vector.</param>
/// <param name="TokenCount">How many tokens of the text the model saw.</param>
/// <param name="Truncated">Whether the text was longer than the model takes.</param>
public sealed record SparseEmbedding(string Text, SparseVector Vector, int TokenCount, bool Truncated);
