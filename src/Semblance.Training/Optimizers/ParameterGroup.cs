using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents a group of parameters that share weight decay and learning rate factor.</summary>
/// <param name="parameters">The parameters.</param>
public sealed class ParameterGroup(IReadOnlyList<Parameter> parameters)
{
    private readonly double _weightDecay;
    private readonly double _learningRateFactor = 1;

    /// <summary>Gets the parameters.</summary>
    public IReadOnlyList<Parameter> Parameters { get; } = parameters ?? throw new ArgumentNullException(nameof(parameters));

    /// <summary>Gets the weight decay; 0 by default.</summary>
    public double WeightDecay
    {
        get => _weightDecay;
        init => _weightDecay = OptimizerSettings.AtLeastZero(value, nameof(WeightDecay));
    }

    /// <summary>Gets the factor of the learning rate; 1 by default.</summary>
    public double LearningRateFactor
    {
        get => _learningRateFactor;
        init => _learningRateFactor = OptimizerSettings.AtLeastZero(value, nameof(LearningRateFactor));
    }
}
