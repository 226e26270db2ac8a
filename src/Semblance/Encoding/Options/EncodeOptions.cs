namespace Semblance;

/// <summary>
/// Provides the options of <see cref="SentenceTransformer"/> for encoding. The defaults are the settings in the model's files.
/// </summary>
public sealed record EncodeOptions : TextOptions
{
    /// <summary>Gets the default options.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>
    /// Gets a value that indicates whether each vector is normalized to length 1; <see langword="false"/> by default, which leaves it to
    /// the model.
    /// </summary>
    public bool Normalize { get; init; }

    /// <summary>
    /// Gets the number of first elements of each vector that are kept, before normalization (Matryoshka embeddings); null for all.
    /// </summary>
    public int? Dimensions { get; init; }

    /// <summary>
    /// Gets the maximum number of tokens of a chunk, special tokens and prompt included, for <see cref="Truncation.Chunk"/> and
    /// <see cref="SentenceTransformer.Chunks"/>; null for the maximum sequence length of the model.
    /// </summary>
    public int? ChunkSize { get; init; }

    /// <summary>
    /// Gets the approximate number of tokens that a chunk shares with the chunk before it, 0 by default; at most half of a chunk. A chunk
    /// begins at a word, so the number may be smaller.
    /// </summary>
    public int ChunkOverlap { get; init; }

    /// <summary>
    /// Gets the method that combines the vectors of a text's chunks into one, for <see cref="Truncation.Chunk"/>;
    /// <see cref="ChunkPooling.Mean"/> by default.
    /// </summary>
    public ChunkPooling ChunkPooling { get; init; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(ChunkSize ?? 1, 1, nameof(ChunkSize));
        ArgumentOutOfRangeException.ThrowIfNegative(ChunkOverlap);
    }
}
