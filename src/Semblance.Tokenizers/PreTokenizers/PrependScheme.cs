namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Specifies which words get a leading space.</summary>
internal enum PrependScheme
{
    /// <summary>Every word that does not begin with one.</summary>
    Always,

    /// <summary>Only the first word of the text.</summary>
    First,

    /// <summary>No word.</summary>
    Never,
}
