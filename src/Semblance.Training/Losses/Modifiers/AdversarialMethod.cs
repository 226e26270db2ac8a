namespace Semblance.Training;

/// <summary>Specifies how <see cref="AdversarialLoss"/> changes the word embeddings.</summary>
public enum AdversarialMethod
{
    /// <summary>
    /// One step along the gradient (fast gradient method, FGM: Miyato et al. 2017, arXiv:1605.07725). The loss counts with and without it.
    /// </summary>
    FastGradient,

    /// <summary>
    /// Several steps within a radius (projected gradient descent, PGD: Madry et al. 2018, arXiv:1706.06083). The loss counts without them
    /// and after the last.
    /// </summary>
    ProjectedGradient,

    /// <summary>
    /// Several steps within a radius, at each of which the loss counts in equal parts (FreeLB: Zhu et al. 2020, arXiv:1909.11764).
    /// </summary>
    FreeLargeBatch,
}
