namespace Semblance.Training;

/// <summary>Specifies the kind of a training problem.</summary>
public enum TrainingWarningKind
{
    /// <summary>The loss or the gradient is infinite or NaN.</summary>
    NotFinite,

    /// <summary>The gradient norm is much larger than before.</summary>
    ExplodingGradient,

    /// <summary>The loss is constant, or has not decreased since the beginning.</summary>
    StuckLoss,

    /// <summary>All sentences have nearly the same embedding.</summary>
    Collapse,

    /// <summary>The learning rate is zero, so parameters do not change.</summary>
    ZeroLearningRate,
}
