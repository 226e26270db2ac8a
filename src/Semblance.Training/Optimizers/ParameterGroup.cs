using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Parameters that are trained alike.</summary>
/// <param name="parameters">The parameters.</param>
public sealed class ParameterGroup(IReadOnlyList<Parameter> parameters)
{
    private readonly double _weightDecay;
    private readonly double _learningRateFactor = 1;

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; } = parameters ?? throw new ArgumentNullException(nameof(parameters));

    /// <summary>How strongly the parameters are pulled to zero; 0, the default, for not at all.</summary>
    public double WeightDecay
    {
        get => _weightDecay;
        init => _weightDecay = OptimizerSettings.AtLeastZero(value, nameof(WeightDecay));
    }

    /// <summary>What the learning rate is multiplied by; 1 by default.</summary>
    public double LearningRateFactor
    {
        get => _learningRateFactor;
        init => _learningRateFactor = OptimizerSettings.AtLeastZero(value, nameof(LearningRateFactor));
    }
}
