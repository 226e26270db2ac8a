namespace Semblance;

/// <summary>Represents a text with its vector and the stored bytes of the vector.</summary>
/// <param name="Embedding">The text and its vector.</param>
/// <param name="Stored">
/// The bytes of the vector at the precision of the <see cref="QuantizingEncoder"/>; empty for float32, which is the vector itself.
/// </param>
public sealed record StoredEmbedding(Embedding Embedding, ReadOnlyMemory<byte> Stored);
