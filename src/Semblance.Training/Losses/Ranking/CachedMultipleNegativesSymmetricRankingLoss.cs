namespace Semblance.Training;

/// <summary>
/// Represents <see cref="MultipleNegativesSymmetricRankingLoss"/> over batches larger than memory, with more in-batch negatives; see
/// <see cref="GradientCache"/>.
/// </summary>
/// <param name="settings">The settings of the loss; <see langword="null"/> for the defaults.</param>
/// <param name="miniBatchTokens">The maximum number of tokens of a mini-batch.</param>
public sealed class CachedMultipleNegativesSymmetricRankingLoss(
    MultipleNegativesSymmetricRankingLossSettings? settings = null, int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(new MultipleNegativesSymmetricRankingLoss(settings), miniBatchTokens)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CachedMultipleNegativesSymmetricRankingLoss), ModelOutputKind.SentenceEmbeddings,
        [.. MultipleNegativesSymmetricRankingLoss.Keys, "mini-batch-tokens"],
        (node, _) => new CachedMultipleNegativesSymmetricRankingLoss(
            MultipleNegativesSymmetricRankingLoss.Read(node), node.MiniBatchTokens()));
}
