using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents gradual unfreezing (Howard and Ruder 2018, arXiv:1801.06146): training begins with the last layer of the transformer and
/// what comes after it, and goes on with one more layer below it after each interval; the embeddings come last.
/// </summary>
public sealed record GradualUnfreezing
{
    /// <summary>Gets the number of steps from one layer to the next.</summary>
    public required long Every { get; init; }

    /// <summary>Marks the parameters that are trained in a step; the others have no gradient.</summary>
    /// <param name="step">The number of the step, from 0.</param>
    /// <param name="parameters">All parameters that the training changes.</param>
    public void Apply(long step, IReadOnlyList<Parameter> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentNullException.ThrowIfNull(parameters);
        var depths = LayerDecay.Depths(parameters);
        for (var i = 0; i < parameters.Count; i++)
        {
            parameters[i].IsTrained = depths[i] - depths.Min() <= step / Every;
        }
    }
}
