namespace Semblance.Training;

/// <summary>What each earlier layer counts in <see cref="AdaptiveLayerLoss"/>, with the transformer's layers counted from 1.</summary>
public enum LayerWeighting
{
    /// <summary>All layers count the same.</summary>
    Uniform,

    /// <summary>Layer i counts 1 / (1 + ln(1 + i)).</summary>
    Log,

    /// <summary>Layer i counts 1 / (1 + i).</summary>
    Linear,
}
