namespace Semblance.Training;

/// <summary><see cref="MegaBatchMarginLoss"/> over batches larger than memory: its mini-batched form; see <see cref="GradientCache"/>.</summary>
/// <param name="settings">The settings of the loss; null for the defaults.</param>
/// <param name="miniBatchTokens">The maximum number of tokens that are computed at once.</param>
public sealed class CachedMegaBatchMarginLoss(MegaBatchMarginLossSettings? settings = null, int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(new MegaBatchMarginLoss(settings), miniBatchTokens)
{
    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CachedMegaBatchMarginLoss), ModelOutputKind.SentenceEmbeddings, [.. MegaBatchMarginLoss.Keys, "mini-batch-tokens"], (node, _) => new CachedMegaBatchMarginLoss(MegaBatchMarginLoss.Read(node), node.MiniBatchTokens()));
}
