namespace Semblance.Tensors;

/// <summary>The parameters of y = x Wᵀ + b, or of y = x W + b.</summary>
public sealed class Linear : Layer
{
    /// <summary>Makes a layer of its parameters.</summary>
    /// <param name="weight"><c>[outputs × inputs]</c>, where the inputs may have several dimensions; if it is transposed <c>[inputs × outputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="transposed">Whether the weight lies transposed, as GPT-2's do. False by default.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Linear(Tensor weight, Tensor? bias, bool transposed = false)
        : base(weight ?? throw new ArgumentNullException(nameof(weight)), bias)
    {
        if (weight.Shape.Length < 2 || (transposed && weight.Shape.Length > 2))
        {
            throw new ArgumentException($"A linear layer's weight is {(transposed ? "[inputs × outputs]" : "[outputs × inputs]")}, not {weight}.", nameof(weight));
        }

        Matrix = new PreparedMatrix(weight, transposed);
        if (bias is not null && bias.Length != Outputs)
        {
            throw new ArgumentException($"A bias {bias} does not fit a weight {weight}.", nameof(bias));
        }
    }

    /// <summary>The width of x.</summary>
    public int Inputs => Matrix.Columns;

    /// <summary>The width of y.</summary>
    public int Outputs => Matrix.Rows;

    /// <summary>Whether the weight lies transposed.</summary>
    public bool IsTransposed => Matrix.IsTransposed;

    /// <summary>The weight as the second operand of a product.</summary>
    internal PreparedMatrix Matrix { get; private set; }

    private protected override int BiasLength => Outputs;

    /// <summary>Packs the weight for the instruction set in use, which the first call would do otherwise.</summary>
    public void Prepare() => Matrix.Prepare();

    private protected override void OnReplaced() => Matrix = new PreparedMatrix(Weight, IsTransposed);
}
