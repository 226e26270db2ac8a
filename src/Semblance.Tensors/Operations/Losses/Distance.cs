namespace Semblance.Tensors;

/// <summary>Specifies the distance of two vectors.</summary>
public enum Distance
{
    /// <summary>The Euclidean distance: the square root of the sum of squared differences.</summary>
    Euclidean,

    /// <summary>The Manhattan distance: the sum of the absolute differences.</summary>
    Manhattan,
}
