namespace Semblance;

/// <summary>Specifies the treatment of a text that is longer than the maximum sequence length.</summary>
public enum Truncation
{
    /// <summary>The end of the text is left out, and the result says so.</summary>
    Cut,

    /// <summary><see cref="TextTooLongException"/> is thrown.</summary>
    Error,

    /// <summary>
    /// The text is divided into chunks, and its vector is computed from theirs: see <see cref="EncodeOptions.ChunkSize"/>,
    /// <see cref="EncodeOptions.ChunkOverlap"/> and <see cref="EncodeOptions.ChunkPooling"/>. Only <see cref="SentenceTransformer"/>
    /// supports it, for the vectors of texts, and <see cref="SequenceToSequenceModel"/>, which generates a text for each chunk.
    /// </summary>
    Chunk,
}
