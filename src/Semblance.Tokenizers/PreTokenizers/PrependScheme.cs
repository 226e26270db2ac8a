namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Which words get a space in front.</summary>
internal enum PrependScheme
{
    /// <summary>All that don't begin with one.</summary>
    Always,

    /// <summary>Only the one that the text begins with.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}
