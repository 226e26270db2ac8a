using System.Numerics.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents stochastic gradient descent, with momentum as in PyTorch: v ← μv + g, then p ← p − rate · v. Weight decay is added to the
/// gradient.
/// </summary>
/// <param name="groups">The parameter groups.</param>
public sealed class SGD(IReadOnlyList<ParameterGroup> groups) : ElementwiseOptimizer(groups)
{
    private readonly double _momentum;

    /// <summary>Gets the momentum μ; 0 by default.</summary>
    public double Momentum
    {
        get => _momentum;
        init => _momentum = OptimizerSettings.BelowOne(value, nameof(Momentum));
    }

    /// <summary>
    /// Gets a value that indicates whether Nesterov momentum is used, a step of g + μv (Sutskever et al. 2013); <see langword="false"/> by
    /// default.
    /// </summary>
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
