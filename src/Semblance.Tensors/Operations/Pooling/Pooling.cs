namespace Semblance.Tensors;

/// <summary>
/// Specifies how the token embeddings of a sequence are pooled into one row; the names are those of sentence-transformers.
/// </summary>
public enum Pooling
{
    /// <summary>The first token.</summary>
    Cls,

    /// <summary>The maximum of each column.</summary>
    Max,

    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The sum divided by the square root of the token count.</summary>
    MeanSqrtLength,

    /// <summary>The mean weighted by position: 1 for the first token, 2 for the second (Muennighoff 2022, arXiv:2202.08904).</summary>
    WeightedMean,

    /// <summary>The last token.</summary>
    LastToken,
}
