namespace Semblance.Tensors;

/// <summary>Represents the parameters of y = x Wᵀ + b, or of y = x W + b.</summary>
public sealed class Linear : Layer
{
    /// <summary>Initializes a new instance of the <see cref="Linear"/> class from its parameters.</summary>
    /// <param name="weight">
    /// <c>[outputs × inputs]</c>, where the inputs may have several dimensions; <c>[inputs × outputs]</c> if transposed.
    /// </param>
    /// <param name="bias"><c>[outputs]</c>, or <see langword="null"/>.</param>
    /// <param name="transposed">
    /// <see langword="true"/> if the weight is stored transposed, as in GPT-2; otherwise, <see langword="false"/>, the default.
    /// </param>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public Linear(Tensor weight, Tensor? bias, bool transposed = false)
        : base(weight ?? throw new ArgumentNullException(nameof(weight)), bias)
    {
        if (weight.Shape.Length < 2 || (transposed && weight.Shape.Length > 2))
        {
            throw new ArgumentException(
                $"The weight of a linear layer must be {(transposed ? "[inputs × outputs]" : "[outputs × inputs]")}, not {weight}.",
                nameof(weight));
        }

        Matrix = new PreparedMatrix(weight, transposed);
        if (bias is not null && bias.Length != Outputs)
        {
            throw new ArgumentException($"A bias {bias} does not fit a weight {weight}.", nameof(bias));
        }
    }

    private Linear(Linear layer, Tensor? bias)
        : base(layer.Weight, bias)
    {
        Matrix = layer.Matrix;
        FollowsComputeType = layer.FollowsComputeType;
    }

    /// <summary>Gets the width of x.</summary>
    public int Inputs => Matrix.Columns;

    /// <summary>Gets the width of y.</summary>
    public int Outputs => Matrix.Rows;

    /// <summary>Gets a value that indicates whether the weight is stored transposed.</summary>
    public bool IsTransposed => Matrix.IsTransposed;

    /// <summary>
    /// Gets or sets a value that indicates whether the layer is computed in <see cref="Computation.Compute"/>; otherwise,
    /// <see langword="false"/>, the default, always in float32.
    /// </summary>
    public bool FollowsComputeType { get; set; }

    /// <summary>Gets the weight as the second operand of a product.</summary>
    internal PreparedMatrix Matrix { get; private set; }

    private protected override int BiasLength => Outputs;

    /// <summary>Returns a layer with the same weight, which is not packed again, and another bias.</summary>
    /// <param name="bias"><c>[outputs]</c>; <see langword="null"/> for none.</param>
    /// <exception cref="ArgumentException">The bias does not fit the weight.</exception>
    public Linear WithBias(Tensor? bias) => bias is null || bias.Length == Outputs
        ? new Linear(this, bias)
        : throw new ArgumentException($"A bias {bias} does not fit a weight {Weight}.", nameof(bias));

    /// <summary>Packs the weight for the instruction set in use; otherwise the first call does it.</summary>
    /// <param name="type">
    /// The compute type, which counts only if the layer follows it. <see cref="ComputeType.Float32"/> by default.
    /// </param>
    /// <exception cref="NotFiniteNumberException">The type is int8, and the weight contains NaN or infinity.</exception>
    public void Prepare(ComputeType type = ComputeType.Float32) => Matrix.Prepare(FollowsComputeType ? type : ComputeType.Float32);

    private protected override void OnReplaced() => Matrix = new PreparedMatrix(Weight, IsTransposed);
}
