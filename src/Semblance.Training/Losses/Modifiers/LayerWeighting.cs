namespace Semblance.Training;

/// <summary>
/// Specifies the weight of each earlier layer in <see cref="AdaptiveLayerLoss"/>, with the transformer's layers counted from 1.
/// </summary>
public enum LayerWeighting
{
    /// <summary>The same weight for all layers.</summary>
    Uniform,

    /// <summary>The weight 1 / (1 + ln(1 + i)) for layer i.</summary>
    Log,

    /// <summary>The weight 1 / (1 + i) for layer i.</summary>
    Linear,
}
