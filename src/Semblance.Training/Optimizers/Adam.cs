using System.Numerics.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the Adam optimizer (Kingma and Ba 2015, arXiv:1412.6980): the running mean of the gradient divided by the root of the running
/// mean of its squares. Weight decay is added to the gradient (L2); <see cref="AdamW"/> decouples it.
/// </summary>
public class Adam : ElementwiseOptimizer
{
    private readonly double _beta1 = 0.9;
    private readonly double _beta2 = 0.999;
    private readonly double _epsilon = 1e-8;

    /// <summary>Initializes a new instance of the <see cref="Adam"/> class.</summary>
    /// <param name="groups">The parameter groups.</param>
    public Adam(IReadOnlyList<ParameterGroup> groups)
        : base(groups)
    {
    }

    /// <summary>Gets the decay rate of the running mean of gradients; 0.9 by default.</summary>
    public double Beta1
    {
        get => _beta1;
        init => _beta1 = OptimizerSettings.BelowOne(value, nameof(Beta1));
    }

    /// <summary>Gets the decay rate of the running mean of squared gradients; 0.999 by default.</summary>
    public double Beta2
    {
        get => _beta2;
        init => _beta2 = OptimizerSettings.BelowOne(value, nameof(Beta2));
    }

    /// <summary>Gets the term that is added to the denominator for numerical stability; 10⁻⁸ by default.</summary>
    public double Epsilon
    {
        get => _epsilon;
        init => _epsilon = OptimizerSettings.AtLeastZero(value, nameof(Epsilon));
    }

    /// <summary>
    /// Gets a value that indicates whether the AMSGrad variant is used, which divides by the largest running mean of squares so far (Reddi,
    /// Kale and Kumar 2018, arXiv:1904.09237); <see langword="false"/> by default.
    /// </summary>
    public bool AmsGrad { get; init; }

    private protected override IReadOnlyList<string> Kinds =>
        AmsGrad ? ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] : ["exp_avg", "exp_avg_sq"];

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
