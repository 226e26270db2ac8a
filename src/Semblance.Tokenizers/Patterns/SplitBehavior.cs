namespace Semblance.Tokenizers.Patterns;

/// <summary>What becomes of the matches when a text is split by a pattern.</summary>
internal enum SplitBehavior
{
    /// <summary>They are left out.</summary>
    Removed,

    /// <summary>Each is a word.</summary>
    Isolated,

    /// <summary>Each belongs to the word before it.</summary>
    MergedWithPrevious,

    /// <summary>Each belongs to the word behind it.</summary>
    MergedWithNext,

    /// <summary>Those that follow one another are a word.</summary>
    Contiguous,
}
