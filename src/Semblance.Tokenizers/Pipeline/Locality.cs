namespace Semblance.Tokenizers;

/// <summary>
/// Specifies the positions at which a long text can be split without a change of the result; the pipeline uses the minimum of its
/// components.
/// </summary>
public enum Locality
{
    /// <summary>There is no such position: the text is processed as a whole.</summary>
    Whole,

    /// <summary>The text can be split before a single space between two ASCII letters or digits.</summary>
    Words,

    /// <summary>The text can be split before white space and common punctuation.</summary>
    Punctuation,
}
