namespace Semblance.Tensors;

/// <summary>Represents the parameters of layer normalization (Ba et al. 2016, arXiv:1607.06450).</summary>
public sealed class LayerNorm : Layer
{
    private readonly Tensor _noShift;

    /// <summary>Initializes a new instance of the <see cref="LayerNorm"/> class from its parameters.</summary>
    /// <param name="weight"><c>[columns]</c>, the scale.</param>
    /// <param name="bias"><c>[columns]</c>, the shift, or <see langword="null"/>.</param>
    /// <param name="epsilon">The number added to the variance.</param>
    /// <exception cref="ArgumentException">Scale and shift differ in size.</exception>
    public LayerNorm(Tensor weight, Tensor? bias, float epsilon)
        : base(weight ?? throw new ArgumentNullException(nameof(weight)), bias)
    {
        if (bias is not null && weight.Length != bias.Length)
        {
            throw new ArgumentException($"A layer norm's weight {weight} and bias {bias} differ in size.", nameof(bias));
        }

        _noShift = bias ?? Tensor.Zeros(weight.Length);
        Epsilon = epsilon;
    }

    /// <summary>Gets the shift, or zeros.</summary>
    internal Tensor Shift => Bias ?? _noShift;

    /// <summary>Gets the number added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>Gets the width of a row.</summary>
    public int Columns => Weight.Length;
}
