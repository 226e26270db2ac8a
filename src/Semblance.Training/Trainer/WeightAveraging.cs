namespace Semblance.Training;

/// <summary>
/// Represents the settings of averaging the trained parameters over the steps, while training itself goes on with the raw ones: their
/// exponential moving average (Polyak and Juditsky 1992), or their mean over the last part of the training (stochastic weight averaging;
/// Izmailov et al. 2018, arXiv:1803.05407).
/// </summary>
public sealed record WeightAveraging
{
    /// <summary>
    /// Gets the decay of the moving average: each average becomes decay · average + (1 − decay) · parameter; <see langword="null"/>, the
    /// default, for the mean.
    /// </summary>
    public double? Decay { get; init; }

    /// <summary>Gets the number of steps before the first one that is averaged; 0 by default.</summary>
    public long After { get; init; }

    /// <summary>Gets the number of steps from one that is averaged to the next; 1 by default.</summary>
    public long Every { get; init; } = 1;
}
