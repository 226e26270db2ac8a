namespace Semblance.Training;

/// <summary>Represents <see cref="MegaBatchMarginLoss"/> over batches larger than memory; see <see cref="GradientCache"/>.</summary>
/// <param name="settings">The settings of the loss; <see langword="null"/> for the defaults.</param>
/// <param name="miniBatchTokens">The maximum number of tokens of a mini-batch.</param>
public sealed class CachedMegaBatchMarginLoss(
    MegaBatchMarginLossSettings? settings = null, int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(new MegaBatchMarginLoss(settings), miniBatchTokens)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CachedMegaBatchMarginLoss), ModelOutputKind.SentenceEmbeddings, [.. MegaBatchMarginLoss.Keys, "mini-batch-tokens"],
        (node, _) => new CachedMegaBatchMarginLoss(MegaBatchMarginLoss.Read(node), node.MiniBatchTokens()));
}
