namespace Semblance.Training;

/// <summary>
/// <see cref="MultipleNegativesRankingLoss"/> in both directions: each anchor finds its positive, and each positive its anchor; the mean of the
/// two (Radford et al. 2021, arXiv:2103.00020, for images and texts; Günther et al. 2023, arXiv:2310.19923, for texts). Two or more text columns:
/// anchor, positive, and any number of hard negatives, which only the first direction sees; no labels.
/// </summary>
/// <param name="scale">What similarities are multiplied by: one over the temperature.</param>
/// <param name="similarity">How near two vectors are.</param>
public sealed class MultipleNegativesSymmetricRankingLoss(float scale = 20, SimilarityFunction similarity = SimilarityFunction.Cosine)
    : MultipleNegativesRankingLoss(scale, similarity, RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery, PartitionMode.PerDirection)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Radford, Papers.Guenther];
}
