namespace Semblance.Training;

/// <summary>Represents <see cref="SpladeLoss"/> over batches larger than memory; see <see cref="GradientCache"/>.</summary>
/// <param name="loss">The ranking loss.</param>
/// <param name="settings">The weights.</param>
/// <param name="miniBatchTokens">The maximum number of tokens of a mini-batch.</param>
public sealed class CachedSpladeLoss(
    Loss loss, SpladeLossSettings settings, int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(new SpladeLoss(loss, settings), miniBatchTokens)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CachedSpladeLoss), ModelOutputKind.SentenceEmbeddings, [.. SpladeLoss.Keys, "mini-batch-tokens"],
        (node, context) => new CachedSpladeLoss(SpladeLoss.ReadLoss(node, context), SpladeLoss.Read(node), node.MiniBatchTokens()));
}
