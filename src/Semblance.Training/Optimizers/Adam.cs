using System.Numerics.Tensors;

namespace Semblance.Training;

/// <summary>
/// Adam (Kingma and Ba 2015, arXiv:1412.6980): each element's step is the running mean of its gradients over the root of
/// that of their squares. Weight decay is added to the gradient (L2); <see cref="AdamW"/> keeps it apart.
/// </summary>
public class Adam : ElementwiseOptimizer
{
    private readonly double _beta1 = 0.9;
    private readonly double _beta2 = 0.999;
    private readonly double _epsilon = 1e-8;

    /// <summary>Takes the parameters.</summary>
    /// <param name="groups">The parameters by how they are trained.</param>
    public Adam(IReadOnlyList<ParameterGroup> groups)
        : base(groups)
    {
    }

    /// <summary>How much of the mean of gradients each step keeps; 0.9 by default.</summary>
    public double Beta1
    {
        get => _beta1;
        init => _beta1 = OptimizerSettings.BelowOne(value, nameof(Beta1));
    }

    /// <summary>How much of the mean of squares each step keeps; 0.999 by default.</summary>
    public double Beta2
    {
        get => _beta2;
        init => _beta2 = OptimizerSettings.BelowOne(value, nameof(Beta2));
    }

    /// <summary>Added to the root, against division by zero; 10⁻⁸ by default.</summary>
    public double Epsilon
    {
        get => _epsilon;
        init => _epsilon = OptimizerSettings.AtLeastZero(value, nameof(Epsilon));
    }

    /// <summary>Divides by the largest mean of squares so far (Reddi, Kale and Kumar 2018, arXiv:1904.09237); false by default.</summary>
    public bool AmsGrad { get; init; }

    private protected override IReadOnlyList<string> Kinds => AmsGrad ? ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] : ["exp_avg", "exp_avg_sq"];

    private protected override void Update(in ParameterUpdate update, Block block)
    {
        var scratch = block.Scratch;
        RunningMean(block.First, Beta1, block.Gradient, scratch);
        TensorPrimitives.Multiply(block.Gradient, block.Gradient, block.Squares);
        RunningMean(block.Second, Beta2, block.Squares, scratch);
        var squares = block.Second;
        if (AmsGrad)
        {
            TensorPrimitives.Max(block.Third, squares, block.Third);
            squares = block.Third;
        }

        var correction1 = 1 - Math.Pow(Beta1, update.Step);
        var correction2 = 1 - Math.Pow(Beta2, update.Step);
        TensorPrimitives.Sqrt(squares, scratch);
        TensorPrimitives.Divide(scratch, (float)Math.Sqrt(correction2), scratch);
        TensorPrimitives.Add(scratch, (float)Epsilon, scratch);
        TensorPrimitives.Divide(block.First, scratch, scratch);
        TensorPrimitives.MultiplyAdd(scratch, (float)(-update.LearningRate / correction1), block.Parameter, block.Parameter);
    }

    private static void RunningMean(Span<float> mean, double kept, ReadOnlySpan<float> value, Span<float> scratch)
    {
        TensorPrimitives.Multiply(value, (float)(1 - kept), scratch);
        TensorPrimitives.MultiplyAdd(mean, (float)kept, scratch, mean);
    }
}
