namespace Semblance.Training;

/// <summary>What goes wrong in a training.</summary>
public enum TrainingWarningKind
{
    /// <summary>The loss or the gradient is infinite or no number.</summary>
    NotFinite,

    /// <summary>The gradient is far longer than it was.</summary>
    ExplodingGradient,

    /// <summary>The loss does not move, or has not fallen since the beginning.</summary>
    StuckLoss,

    /// <summary>All sentences get nearly the same vector.</summary>
    Collapse,

    /// <summary>The learning rate is zero, so nothing is learned.</summary>
    ZeroLearningRate,
}
