namespace Semblance.Training;

/// <summary>
/// <see cref="MultipleNegativesRankingLoss"/> over batches larger than memory, and so with more negatives than fit at once; see
/// <see cref="GradientCache"/>.
/// </summary>
/// <param name="settings">The settings of the loss; null for the defaults.</param>
/// <param name="miniBatchTokens">The maximum number of tokens that are computed at once.</param>
public sealed class CachedMultipleNegativesRankingLoss(MultipleNegativesRankingLossSettings? settings = null, int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(new MultipleNegativesRankingLoss(settings), miniBatchTokens)
{
    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CachedMultipleNegativesRankingLoss), ModelOutputKind.SentenceEmbeddings, [.. MultipleNegativesRankingLoss.Keys, "mini-batch-tokens"], (node, _) => new CachedMultipleNegativesRankingLoss(MultipleNegativesRankingLoss.Read(node), node.MiniBatchTokens()));
}
