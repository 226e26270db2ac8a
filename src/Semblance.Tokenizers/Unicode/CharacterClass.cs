namespace Semblance.Tokenizers.Unicode;

/// <summary>Specifies the classes of a character that the normalizers and pre-tokenizers distinguish.</summary>
[Flags]
public enum CharacterClass : byte
{
    /// <summary>None of the classes below.</summary>
    None = 0,

    /// <summary>A control character, which text cleaning removes.</summary>
    Control = 1,

    /// <summary>A punctuation character, which is a word of its own.</summary>
    Punctuation = 2,

    /// <summary>A nonspacing mark, such as an accent.</summary>
    Mark = 4,

    /// <summary>A character with a canonical decomposition.</summary>
    Decomposes = 8,

    /// <summary>A character with a canonical combining class other than 0.</summary>
    Combining = 16,
}
