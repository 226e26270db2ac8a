namespace Semblance;

/// <summary>Represents a chunk of a text with its vector.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Vector">The vector of the chunk, encoded as a text of its own.</param>
public sealed record ChunkEmbedding(Chunk Chunk, ReadOnlyMemory<float> Vector);
