namespace Semblance.Tensors;

/// <summary>The parameters of layer normalisation (Ba et al. 2016, arXiv:1607.06450).</summary>
public sealed class LayerNorm : Layer
{
    /// <summary>Makes a layer of its parameters.</summary>
    /// <param name="weight"><c>[columns]</c>, the scale.</param>
    /// <param name="bias"><c>[columns]</c>, the shift, or null.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ArgumentException">Scale and shift differ in size.</exception>
    public LayerNorm(Tensor weight, Tensor? bias, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (bias is not null && weight.Length != bias.Length)
        {
            throw new ArgumentException($"A layer norm's weight {weight} and bias {bias} differ in size.", nameof(bias));
        }

        Weight = weight;
        Bias = bias;
        Shift = bias ?? Tensor.Zeros(weight.Length);
        Epsilon = epsilon;
    }

    /// <summary><c>[columns]</c>, the scale.</summary>
    public Tensor Weight { get; }

    /// <summary><c>[columns]</c>, the shift, or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The shift, or zeros.</summary>
    internal Tensor Shift { get; }

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>The width of a row.</summary>
    public int Columns => Weight.Length;

    /// <summary>Whether the scale or the shift is trained.</summary>
    internal bool RequiresGradient => Weight.RequiresGradient || Bias is { RequiresGradient: true };

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters(string name) =>
        Bias is null ? [new(name + ".weight", Weight)] : [new(name + ".weight", Weight), new(name + ".bias", Bias)];
}
