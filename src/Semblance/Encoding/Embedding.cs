namespace Semblance;

/// <summary>Represents one text of a stream with its vector.</summary>
/// <param name="Text">The text.</param>
/// <param name="Vector">The vector.</param>
/// <param name="TokenCount">The number of tokens that the model encoded, special tokens and prompt included.</param>
/// <param name="Truncated">
/// <see langword="true"/> if the text was longer than the maximum sequence length; otherwise, <see langword="false"/>.
/// </param>
public sealed record Embedding(string Text, ReadOnlyMemory<float> Vector, int TokenCount, bool Truncated);
