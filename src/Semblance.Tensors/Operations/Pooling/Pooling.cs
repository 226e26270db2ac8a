namespace Semblance.Tensors;

/// <summary>How the rows of a sequence become one row; the names are those of sentence-transformers.</summary>
public enum Pooling
{
    /// <summary>The first token.</summary>
    Cls,

    /// <summary>The largest element of each column.</summary>
    Max,

    /// <summary>The average.</summary>
    Mean,

    /// <summary>The sum over the square root of the token count.</summary>
    MeanSqrtLength,

    /// <summary>The average weighted by position: 1 for the first token, 2 for the second (Muennighoff 2022, arXiv:2202.08904).</summary>
    WeightedMean,

    /// <summary>The last token.</summary>
    LastToken,
}
