namespace Semblance.Training;

/// <summary>Specifies the negatives that <see cref="MultipleNegativesRankingLoss"/> weights by their similarity to the anchor.</summary>
public enum HardnessMode
{
    /// <summary>The texts of other rows.</summary>
    InBatchNegatives,

    /// <summary>The row's own hard negatives.</summary>
    HardNegatives,

    /// <summary>All negatives.</summary>
    AllNegatives,
}
