using System.Numerics.Tensors;

namespace Semblance.Training;

/// <summary>Stochastic gradient descent, with momentum in PyTorch's form: v ← μv + g, then p ← p − rate · v. Weight decay is added to the gradient.</summary>
/// <param name="groups">The parameters by how they are trained.</param>
public sealed class SGD(IReadOnlyList<ParameterGroup> groups) : ElementwiseOptimizer(groups)
{
    private readonly double _momentum;

    /// <summary>How much of the direction so far each step keeps; 0 by default.</summary>
    public double Momentum
    {
        get => _momentum;
        init => _momentum = OptimizerSettings.BelowOne(value, nameof(Momentum));
    }

    /// <summary>Steps from where the momentum leads to (Sutskever et al. 2013, Nesterov's method): g + μv; false by default.</summary>
    public bool Nesterov { get; init; }

    private protected override IReadOnlyList<string> Kinds => Momentum > 0 ? ["momentum_buffer"] : [];

    private protected override void Update(in ParameterUpdate update, Block block)
    {
        var gradient = block.Gradient;
        if (Momentum > 0)
        {
            TensorPrimitives.MultiplyAdd(block.First, (float)Momentum, gradient, block.First);
            if (Nesterov)
            {
                TensorPrimitives.MultiplyAdd(block.First, (float)Momentum, gradient, block.Scratch);
            }

            gradient = Nesterov ? block.Scratch : block.First;
        }

        TensorPrimitives.MultiplyAdd(gradient, (float)-update.LearningRate, block.Parameter, block.Parameter);
    }
}
