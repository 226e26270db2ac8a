namespace Semblance;

/// <summary>How alike two vectors are; larger is more alike.</summary>
public enum SimilarityFunction
{
    /// <summary>The cosine of the angle between them, from −1 to 1; 0 where one of them is zero.</summary>
    Cosine,

    /// <summary>The dot product.</summary>
    DotProduct,

    /// <summary>The Euclidean distance, negated: 0 for equal vectors.</summary>
    Euclidean,

    /// <summary>The Manhattan distance, negated: 0 for equal vectors.</summary>
    Manhattan,
}
