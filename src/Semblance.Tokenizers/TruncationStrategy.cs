namespace Semblance.Tokenizers;

/// <summary>Specifies the text of a pair from which tokens are removed.</summary>
public enum TruncationStrategy
{
    /// <summary>Tokens are removed from the longer text first.</summary>
    LongestFirst,

    /// <summary>Tokens are removed from the first text only.</summary>
    OnlyFirst,

    /// <summary>Tokens are removed from the second text only.</summary>
    OnlySecond,
}
