namespace Semblance.Tokenizers.Loading;

/// <summary>Specifies the kind of a piece, with the number in the file.</summary>
internal enum SentencePieceKind
{
    /// <summary>A part of a text.</summary>
    Normal = 1,

    /// <summary>The unknown token.</summary>
    Unknown = 2,

    /// <summary>A token that is never found in a text: <c>&lt;s&gt;</c>.</summary>
    Control = 3,

    /// <summary>A user-defined text, which is always one token.</summary>
    UserDefined = 4,

    /// <summary>A piece that is not used.</summary>
    Unused = 5,

    /// <summary>A byte, <c>&lt;0xE4&gt;</c>.</summary>
    Byte = 6,
}
