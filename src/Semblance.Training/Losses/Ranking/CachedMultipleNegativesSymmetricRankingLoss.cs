namespace Semblance.Training;

/// <summary>
/// <see cref="MultipleNegativesSymmetricRankingLoss"/> over batches larger than memory, and so with more negatives than fit at once; see
/// <see cref="GradientCache"/>.
/// </summary>
/// <param name="settings">The settings of the loss; null for the defaults.</param>
/// <param name="miniBatchTokens">The maximum number of tokens that are computed at once.</param>
public sealed class CachedMultipleNegativesSymmetricRankingLoss(MultipleNegativesSymmetricRankingLossSettings? settings = null, int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(new MultipleNegativesSymmetricRankingLoss(settings), miniBatchTokens)
{
    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CachedMultipleNegativesSymmetricRankingLoss), ModelOutputKind.SentenceEmbeddings, [.. MultipleNegativesSymmetricRankingLoss.Keys, "mini-batch-tokens"], (node, _) => new CachedMultipleNegativesSymmetricRankingLoss(MultipleNegativesSymmetricRankingLoss.Read(node), node.MiniBatchTokens()));
}
