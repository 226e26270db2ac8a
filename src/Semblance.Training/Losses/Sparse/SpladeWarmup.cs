namespace Semblance.Training;

/// <summary>Specifies how the weights of <see cref="SpladeLoss"/> grow at the beginning of a training.</summary>
public enum SpladeWarmup
{
    /// <summary>With the square of the steps (Formal et al. 2021, arXiv:2109.10086).</summary>
    Quadratic,

    /// <summary>With the steps.</summary>
    Linear,

    /// <summary>The weights are full from the first step.</summary>
    None,
}
