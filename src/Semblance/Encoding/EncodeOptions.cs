namespace Semblance;

/// <summary>How <see cref="SentenceTransformer"/> encodes; every default is what the model's own files say.</summary>
public sealed record EncodeOptions : TextOptions
{
    /// <summary>The defaults.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>Divides each vector by its length.</summary>
    public bool Normalize { get; init; }

    /// <summary>Keeps this many elements of each vector (Matryoshka models), before normalising; null for all.</summary>
    public int? Dimensions { get; init; }

    /// <summary>
    /// The most tokens of a chunk, the special ones and the prompt included, for <see cref="Truncation.Chunk"/> and <see cref="SentenceTransformer.Chunks"/>;
    /// null for as many as the model takes.
    /// </summary>
    public int? ChunkSize { get; init; }

    /// <summary>About how many tokens of a chunk the next begins with, 0 by default; at most half of a chunk. It begins at a word, so there may be fewer.</summary>
    public int ChunkOverlap { get; init; }

    /// <summary>How the vectors of a text's chunks become one, for <see cref="Truncation.Chunk"/>; <see cref="ChunkPooling.Mean"/> by default.</summary>
    public ChunkPooling ChunkPooling { get; init; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(ChunkSize ?? 1, 1, nameof(ChunkSize));
        ArgumentOutOfRangeException.ThrowIfNegative(ChunkOverlap);
    }
}
