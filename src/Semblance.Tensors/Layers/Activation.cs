namespace Semblance.Tensors;

/// <summary>The function that follows a linear layer.</summary>
public enum Activation
{
    /// <summary>x itself.</summary>
    Identity,

    /// <summary>x · Φ(x) with the exact normal distribution (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    Gelu,

    /// <summary>GELU with the paper's tanh approximation.</summary>
    GeluTanh,

    /// <summary>GELU with the paper's logistic approximation, x · σ(1.702 x).</summary>
    QuickGelu,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x · σ(x), also called swish.</summary>
    Silu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>The logistic function σ.</summary>
    Sigmoid,
}
