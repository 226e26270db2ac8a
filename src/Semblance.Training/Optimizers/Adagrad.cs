using System.Numerics.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the Adagrad optimizer: the gradient divided by the root of the sum of all its squares so far (Duchi, Hazan and Singer 2011,
/// JMLR 12). Weight decay is added to the gradient.
/// </summary>
/// <param name="groups">The parameter groups.</param>
public sealed class Adagrad(IReadOnlyList<ParameterGroup> groups) : ElementwiseOptimizer(groups)
{
    private readonly double _epsilon = 1e-10;

    /// <summary>Gets the term that is added to the denominator for numerical stability; 10⁻¹⁰ by default.</summary>
    public double Epsilon
    {
        get => _epsilon;
        init => _epsilon = OptimizerSettings.AtLeastZero(value, nameof(Epsilon));
    }

    private protected override IReadOnlyList<string> Kinds => ["sum"];

    private protected override void Update(in ParameterUpdate update, Block block)
    {
        var scratch = block.Scratch;
        TensorPrimitives.MultiplyAdd(block.Gradient, block.Gradient, block.First, block.First);
        TensorPrimitives.Sqrt(block.First, scratch);
        TensorPrimitives.Add(scratch, (float)Epsilon, scratch);
        TensorPrimitives.Divide(block.Gradient, scratch, scratch);
        TensorPrimitives.MultiplyAdd(scratch, (float)-update.LearningRate, block.Parameter, block.Parameter);
    }
}
