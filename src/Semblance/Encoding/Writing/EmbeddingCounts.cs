namespace Semblance;

/// <summary>Represents what an <see cref="EmbeddingWriter"/> has written.</summary>
/// <param name="Count">The number of embeddings.</param>
/// <param name="TokenCount">The number of tokens of all texts.</param>
/// <param name="TruncatedCount">The number of texts that were truncated at the maximum sequence length.</param>
public sealed record EmbeddingCounts(long Count, long TokenCount, long TruncatedCount);
