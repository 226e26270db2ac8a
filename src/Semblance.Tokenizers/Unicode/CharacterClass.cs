namespace Semblance.Tokenizers.Unicode;

/// <summary>What a character is to the normalizers and pre-tokenizers.</summary>
[Flags]
public enum CharacterClass : byte
{
    /// <summary>None of the classes below.</summary>
    None = 0,

    /// <summary>Removed by text cleaning.</summary>
    Control = 1,

    /// <summary>A word of its own.</summary>
    Punctuation = 2,

    /// <summary>A nonspacing mark: an accent.</summary>
    Mark = 4,

    /// <summary>Has a canonical decomposition.</summary>
    Decomposes = 8,

    /// <summary>Has a canonical combining class other than 0.</summary>
    Combining = 16,
}
