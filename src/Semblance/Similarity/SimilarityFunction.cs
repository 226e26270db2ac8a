namespace Semblance;

/// <summary>Specifies the similarity function of two vectors; larger is more similar.</summary>
public enum SimilarityFunction
{
    /// <summary>The cosine of the angle between the vectors, from −1 to 1; 0 if one of them is zero.</summary>
    Cosine,

    /// <summary>The dot product.</summary>
    DotProduct,

    /// <summary>The Euclidean distance, negated: 0 for equal vectors.</summary>
    Euclidean,

    /// <summary>The Manhattan distance, negated: 0 for equal vectors.</summary>
    Manhattan,
}
