namespace Semblance.Tensors;

/// <summary>The parameters of layer normalisation (Ba et al. 2016, arXiv:1607.06450).</summary>
public sealed class LayerNorm : Layer
{
    private readonly Tensor _noShift;

    /// <summary>Makes a layer of its parameters.</summary>
    /// <param name="weight"><c>[columns]</c>, the scale.</param>
    /// <param name="bias"><c>[columns]</c>, the shift, or null.</param>
    /// <param name="epsilon">Added to the variance.</param>
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

    /// <summary>The shift, or zeros.</summary>
    internal Tensor Shift => Bias ?? _noShift;

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>The width of a row.</summary>
    public int Columns => Weight.Length;
}
