namespace Semblance.Tokenizers;

/// <summary>Specifies a side of a text, in the order of its tokens.</summary>
public enum Side
{
    /// <summary>The end of the text.</summary>
    Right,

    /// <summary>The beginning of the text.</summary>
    Left,
}
