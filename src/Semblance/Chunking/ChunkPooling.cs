namespace Semblance;

/// <summary>How the vectors of a text's chunks become one.</summary>
public enum ChunkPooling
{
    /// <summary>Their mean, each weighing as much as it has tokens, the special ones and the prompt included.</summary>
    Mean,

    /// <summary>The largest of each element.</summary>
    Max,
}
