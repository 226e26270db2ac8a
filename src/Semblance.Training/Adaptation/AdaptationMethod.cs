namespace Semblance.Training;

/// <summary>Specifies how <see cref="DomainAdaptation"/> trains a model on texts without labels.</summary>
public enum AdaptationMethod
{
    /// <summary>
    /// Masked language modeling (Devlin et al. 2019, arXiv:1810.04805). It changes the encoder and not the similarity, so another method
    /// should follow.
    /// </summary>
    MaskedWords,

    /// <summary>A decoder restores a text from the vector of some of its words (TSDAE, Wang et al. 2021, arXiv:2104.06979).</summary>
    Tsdae,

    /// <summary>A text and itself, with other dropout, are a pair (SimCSE, Gao et al. 2021, arXiv:2104.08821).</summary>
    SimCse,

    /// <summary>Queries and passages are ranked against the other passages of a batch and mined negatives.</summary>
    Pairs,

    /// <summary>
    /// The margins of a teacher between a passage and mined negatives are learned (Generative Pseudo Labeling, Wang et al. 2022,
    /// arXiv:2112.07577).
    /// </summary>
    Gpl,
}
