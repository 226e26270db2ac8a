namespace Semblance.Tensors;

/// <summary>Represents the parameters of root-mean-square normalization (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
public sealed class RmsNorm : Layer
{
    /// <summary>Initializes a new instance of the <see cref="RmsNorm"/> class from its parameters.</summary>
    /// <param name="weight"><c>[columns]</c>, the scale.</param>
    /// <param name="epsilon">The number added to the mean of the squares.</param>
    /// <param name="offset">The number added to the scale: 1 in the Gemma models, which store the scale minus 1. 0 by default.</param>
    public RmsNorm(Tensor weight, float epsilon, float offset = 0)
        : base(weight ?? throw new ArgumentNullException(nameof(weight)), null)
    {
        Epsilon = epsilon;
        Offset = offset;
    }

    /// <summary>Gets the number added to the mean of the squares.</summary>
    public float Epsilon { get; }

    /// <summary>Gets the number added to the scale.</summary>
    public float Offset { get; }

    /// <summary>Gets the width of the normalized rows.</summary>
    public int Columns => Weight.Length;
}
