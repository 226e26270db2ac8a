namespace Semblance;

/// <summary>A part of a text, and its vector.</summary>
/// <param name="Chunk">The part.</param>
/// <param name="Vector">The vector: that of the part as a text of its own.</param>
public sealed record ChunkEmbedding(Chunk Chunk, ReadOnlyMemory<float> Vector);
