namespace Semblance;

/// <summary>Specifies the method that combines the vectors of a text's chunks into one.</summary>
public enum ChunkPooling
{
    /// <summary>The mean, weighted by the number of tokens of each chunk, special tokens and prompt included.</summary>
    Mean,

    /// <summary>The maximum of each element.</summary>
    Max,
}
