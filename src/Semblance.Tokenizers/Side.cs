namespace Semblance.Tokenizers;

/// <summary>An end of a text, as tokens are written.</summary>
public enum Side
{
    /// <summary>The end.</summary>
    Right,

    /// <summary>The beginning.</summary>
    Left,
}
