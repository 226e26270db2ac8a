namespace Semblance;

/// <summary>Represents one text of a stream with its sparse vector.</summary>
/// <param name="Text">The text.</param>
/// <param name="Vector">The vector.</param>
/// <param name="TokenCount">The number of tokens of the text that the model encoded.</param>
/// <param name="Truncated">
/// <see langword="true"/> if the text was longer than the maximum sequence length; otherwise, <see langword="false"/>.
/// </param>
public sealed record SparseEmbedding(string Text, SparseVector Vector, int TokenCount, bool Truncated);
