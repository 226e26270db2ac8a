namespace Semblance.Training;

/// <summary>Specifies the distance of two vectors in a loss.</summary>
public enum DistanceMetric
{
    /// <summary>1 minus the cosine similarity.</summary>
    Cosine,

    /// <summary>The Euclidean distance: the square root of the sum of squared differences.</summary>
    Euclidean,

    /// <summary>The Manhattan distance: the sum of absolute differences.</summary>
    Manhattan,
}
