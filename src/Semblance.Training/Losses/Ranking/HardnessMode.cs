namespace Semblance.Training;

/// <summary>Which negatives <see cref="MultipleNegativesRankingLoss"/> gives more weight the more similar they are to the anchor.</summary>
public enum HardnessMode
{
    /// <summary>The texts of other rows.</summary>
    InBatchNegatives,

    /// <summary>The row's own hard negatives.</summary>
    HardNegatives,

    /// <summary>All negatives.</summary>
    AllNegatives,
}
