using System.Numerics.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the RMSprop optimizer: the gradient divided by the root of the running mean of its squares (Hinton 2012, lecture 6e of Neural
/// Networks for Machine Learning). Weight decay is added to the gradient.
/// </summary>
/// <param name="groups">The parameter groups.</param>
public sealed class RMSprop(IReadOnlyList<ParameterGroup> groups) : ElementwiseOptimizer(groups)
{
    private readonly double _alpha = 0.99;
    private readonly double _epsilon = 1e-8;

    /// <summary>Gets the decay rate of the running mean of squared gradients; 0.99 by default.</summary>
    public double Alpha
    {
        get => _alpha;
        init => _alpha = OptimizerSettings.BelowOne(value, nameof(Alpha));
    }

    /// <summary>Gets the term that is added to the denominator for numerical stability; 10⁻⁸ by default.</summary>
    public double Epsilon
    {
        get => _epsilon;
        init => _epsilon = OptimizerSettings.AtLeastZero(value, nameof(Epsilon));
    }

    private protected override IReadOnlyList<string> Kinds => ["square_avg"];

    private protected override void Update(in ParameterUpdate update, Block block)
    {
        var scratch = block.Scratch;
        TensorPrimitives.Multiply(block.Gradient, block.Gradient, scratch);
        TensorPrimitives.Multiply(scratch, (float)(1 - Alpha), scratch);
        TensorPrimitives.MultiplyAdd(block.First, (float)Alpha, scratch, block.First);
        TensorPrimitives.Sqrt(block.First, scratch);
        TensorPrimitives.Add(scratch, (float)Epsilon, scratch);
        TensorPrimitives.Divide(block.Gradient, scratch, scratch);
        TensorPrimitives.MultiplyAdd(scratch, (float)-update.LearningRate, block.Parameter, block.Parameter);
    }
}
