namespace Semblance.Training;

/// <summary>How far apart a loss takes two vectors to be.</summary>
public enum DistanceMetric
{
    /// <summary>One less the cosine of the angle.</summary>
    Cosine,

    /// <summary>The root of the sum of squared differences.</summary>
    Euclidean,

    /// <summary>The sum of the differences' magnitudes.</summary>
    Manhattan,
}
