namespace Semblance;

/// <summary>What happens to a text that is longer than the model takes.</summary>
public enum Truncation
{
    /// <summary>Its end is left out, and the result says so.</summary>
    Cut,

    /// <summary><see cref="TextTooLongException"/> is thrown.</summary>
    Error,

    /// <summary>
    /// It is divided, and its vector is made of those of its chunks: see <see cref="EncodeOptions.ChunkSize"/>, <see cref="EncodeOptions.ChunkOverlap"/> and
    /// <see cref="EncodeOptions.ChunkPooling"/>. Only <see cref="SentenceTransformer"/> does it, for the vectors of texts.
    /// </summary>
    Chunk,
}
