namespace Semblance.Tensors;

/// <summary>Specifies the function that follows a linear layer.</summary>
public enum Activation
{
    /// <summary>The identity, x.</summary>
    Identity,

    /// <summary>x · Φ(x) with the exact normal distribution (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    Gelu,

    /// <summary>GELU with the paper's tanh approximation.</summary>
    GeluTanh,

    /// <summary>GELU with the paper's logistic approximation, x · σ(1.702 x).</summary>
    QuickGelu,

    /// <summary>GELU limited to −10 … 10.</summary>
    GeluClipped,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>ReLU limited to 6.</summary>
    Relu6,

    /// <summary>The square of ReLU (So et al. 2021, arXiv:2109.08668).</summary>
    ReluSquared,

    /// <summary>x if it is positive, otherwise 0.01 x.</summary>
    LeakyRelu,

    /// <summary>x · σ(x), also called swish.</summary>
    Silu,

    /// <summary>x · tanh(ln(1 + eˣ)) (Misra 2019, arXiv:1908.08681).</summary>
    Mish,

    /// <summary>The distribution function that approximates squared ReLU (Ma et al. 2022, arXiv:2209.10655).</summary>
    Laplace,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>The logistic function σ.</summary>
    Sigmoid,
}
