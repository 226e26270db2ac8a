namespace Semblance.Training;

/// <summary><see cref="MegaBatchMarginLoss"/> over batches larger than memory: its mini-batched form; see <see cref="GradientCache"/>.</summary>
/// <param name="positiveMargin">How large the cosine of a pair is to be.</param>
/// <param name="negativeMargin">How small the cosine with the negative is to be.</param>
/// <param name="miniBatchTokens">The most tokens that are computed at once.</param>
public sealed class CachedMegaBatchMarginLoss(
    float positiveMargin = 0.8f, float negativeMargin = 0.3f, int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(new MegaBatchMarginLoss(positiveMargin, negativeMargin), miniBatchTokens);
