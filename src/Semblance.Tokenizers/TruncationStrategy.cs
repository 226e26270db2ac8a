namespace Semblance.Tokenizers;

/// <summary>From which text of a pair tokens are taken.</summary>
public enum TruncationStrategy
{
    /// <summary>From the longer one first.</summary>
    LongestFirst,

    /// <summary>From the first one only.</summary>
    OnlyFirst,

    /// <summary>From the second one only.</summary>
    OnlySecond,
}
