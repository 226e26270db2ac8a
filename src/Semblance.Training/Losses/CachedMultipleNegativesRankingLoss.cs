namespace Semblance.Training;

/// <summary>
/// <see cref="MultipleNegativesRankingLoss"/> over batches larger than memory, and so with more negatives than fit at once; see
/// <see cref="GradientCache"/>.
/// </summary>
/// <param name="scale">What similarities are multiplied by: one over the temperature.</param>
/// <param name="similarity">How near two vectors are.</param>
/// <param name="miniBatchTokens">The most tokens that are computed at once.</param>
public sealed class CachedMultipleNegativesRankingLoss(
    float scale = 20, SimilarityFunction similarity = SimilarityFunction.Cosine, int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(new MultipleNegativesRankingLoss(scale, similarity), miniBatchTokens);
