namespace Semblance.Tokenizers.Models;

/// <summary>What a BPE model does beside merging.</summary>
internal sealed record BpeOptions
{
    /// <summary>The token for characters that the vocabulary lacks; without one they are left out.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>What goes before the characters after a word's first (<c>continuing_subword_prefix</c>).</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What goes behind a word's last character (<c>end_of_word_suffix</c>).</summary>
    public string Suffix { get; init; } = "";

    /// <summary>Unknown characters that follow one another are one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>A character that the vocabulary lacks becomes the tokens of its bytes, <c>&lt;0xE4&gt;</c>.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A word that is in the vocabulary is its token, whatever the merges would make of it.</summary>
    public bool IgnoreMerges { get; init; }
}
