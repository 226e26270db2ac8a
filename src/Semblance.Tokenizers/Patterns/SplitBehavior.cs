namespace Semblance.Tokenizers.Patterns;

/// <summary>Specifies the treatment of the matches when a text is split by a pattern.</summary>
internal enum SplitBehavior
{
    /// <summary>The matches are removed.</summary>
    Removed,

    /// <summary>Each match is a word.</summary>
    Isolated,

    /// <summary>Each match belongs to the word before it.</summary>
    MergedWithPrevious,

    /// <summary>Each match belongs to the word after it.</summary>
    MergedWithNext,

    /// <summary>Consecutive matches are one word.</summary>
    Contiguous,
}
