namespace Semblance.Training;

/// <summary>
/// <see cref="MultipleNegativesRankingLoss"/> over batches larger than memory, and so with more negatives than fit at once; see
/// <see cref="GradientCache"/>.
/// </summary>
/// <param name="scale">What similarities are multiplied by: one over the temperature.</param>
/// <param name="similarity">How near two vectors are.</param>
/// <param name="miniBatchTokens">The most tokens that are computed at once.</param>
/// <param name="directions">What is compared with what; <see cref="RankingDirections.QueryToDocument"/> must be among it.</param>
/// <param name="partitionMode">Whether the candidates of all directions compete with each other.</param>
/// <param name="hardnessMode">Which negatives weigh more the more similar they are; null for none.</param>
/// <param name="hardnessStrength">How much more, from 0.</param>
public sealed class CachedMultipleNegativesRankingLoss(
    float scale = 20,
    SimilarityFunction similarity = SimilarityFunction.Cosine,
    int miniBatchTokens = GradientCache.DefaultMiniBatchTokens,
    RankingDirections directions = RankingDirections.QueryToDocument,
    PartitionMode partitionMode = PartitionMode.Joint,
    HardnessMode? hardnessMode = null,
    float hardnessStrength = 0)
    : GradientCache(new MultipleNegativesRankingLoss(scale, similarity, directions, partitionMode, hardnessMode, hardnessStrength), miniBatchTokens);
