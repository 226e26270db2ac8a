namespace Semblance.Tokenizers.Loading;

/// <summary>What a piece is for, numbered as in the file.</summary>
internal enum SentencePieceKind
{
    /// <summary>A part of texts.</summary>
    Normal = 1,

    /// <summary>Stands for what the vocabulary lacks.</summary>
    Unknown = 2,

    /// <summary>Never found in a text: <c>&lt;s&gt;</c>.</summary>
    Control = 3,

    /// <summary>Always one token.</summary>
    UserDefined = 4,

    /// <summary>Not used.</summary>
    Unused = 5,

    /// <summary>A byte, <c>&lt;0xE4&gt;</c>.</summary>
    Byte = 6,
}
