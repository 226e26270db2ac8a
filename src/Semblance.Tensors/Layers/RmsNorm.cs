namespace Semblance.Tensors;

/// <summary>The parameters of root-mean-square normalisation (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
public sealed class RmsNorm : Layer
{
    /// <summary>Makes a layer of its parameters.</summary>
    /// <param name="weight"><c>[columns]</c>, the scale.</param>
    /// <param name="epsilon">Added to the mean of the squares.</param>
    /// <param name="offset">Added to the scale: 1 in the Gemma models, whose scale is stored less one. 0 by default.</param>
    public RmsNorm(Tensor weight, float epsilon, float offset = 0)
        : base(weight ?? throw new ArgumentNullException(nameof(weight)), null)
    {
        Epsilon = epsilon;
        Offset = offset;
    }

    /// <summary>Added to the mean of the squares.</summary>
    public float Epsilon { get; }

    /// <summary>Added to the scale.</summary>
    public float Offset { get; }

    /// <summary>The width of what is normalised.</summary>
    public int Columns => Weight.Length;
}
