using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the update of one parameter in one step.</summary>
/// <param name="Parameter">The parameter, which is updated in place.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="State">Its optimizer state, by kind.</param>
/// <param name="Step">The number of this step, from 1.</param>
/// <param name="Rate">The learning rate of the step.</param>
/// <param name="Factor">The learning rate factor of its group.</param>
/// <param name="WeightDecay">The weight decay of its group.</param>
internal readonly record struct ParameterUpdate(
    Tensor Parameter, Tensor Gradient, OrderedDictionary<string, Tensor> State, long Step, double Rate, double Factor, double WeightDecay)
{
    public double LearningRate => Rate * Factor;
}
