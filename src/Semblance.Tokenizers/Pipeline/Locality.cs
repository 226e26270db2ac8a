namespace Semblance.Tokenizers;

/// <summary>Where a component lets a long text be cut without a change in its result; the pipeline takes the least.</summary>
public enum Locality
{
    /// <summary>Nowhere.</summary>
    Whole,

    /// <summary>Before a single space between two ASCII letters or digits.</summary>
    Words,

    /// <summary>Before white space and common punctuation.</summary>
    Punctuation,
}
