namespace Semblance.Tensors;

/// <summary>How far apart two vectors are.</summary>
public enum Distance
{
    /// <summary>The root of the sum of squared differences.</summary>
    Euclidean,

    /// <summary>The sum of the differences' magnitudes.</summary>
    Manhattan,
}
