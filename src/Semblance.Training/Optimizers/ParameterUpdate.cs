using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>One step of one parameter.</summary>
/// <param name="Parameter">What changes.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="State">What is remembered of it, by kind.</param>
/// <param name="Step">The number of this step, from 1.</param>
/// <param name="Rate">The learning rate of the step.</param>
/// <param name="Factor">What the group multiplies it by.</param>
/// <param name="WeightDecay">How strongly it is pulled to zero.</param>
internal readonly record struct ParameterUpdate(
    Tensor Parameter, Tensor Gradient, OrderedDictionary<string, Tensor> State, long Step, double Rate, double Factor, double WeightDecay)
{
    public double LearningRate => Rate * Factor;
}
