namespace Semblance.Tokenizers.Models;

/// <summary>Represents the options of a BPE model.</summary>
internal sealed record BpeOptions
{
    /// <summary>Gets the token for characters that are not in the vocabulary; without one they are left out.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Gets the prefix of the characters after the first of a word (<c>continuing_subword_prefix</c>).</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Gets the suffix of the last character of a word (<c>end_of_word_suffix</c>).</summary>
    public string Suffix { get; init; } = "";

    /// <summary>Gets a value that indicates whether consecutive unknown characters are one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>
    /// Gets a value that indicates whether a character that is not in the vocabulary becomes the tokens of its bytes, <c>&lt;0xE4&gt;</c>.
    /// </summary>
    public bool ByteFallback { get; init; }

    /// <summary>Gets a value that indicates whether a word that is in the vocabulary is one token, regardless of the merges.</summary>
    public bool IgnoreMerges { get; init; }
}
