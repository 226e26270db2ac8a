namespace Semblance.Training;

/// <summary>
/// Represents <see cref="GISTEmbedLoss"/> over batches larger than memory, with more in-batch negatives; see <see cref="GradientCache"/>.
/// </summary>
/// <param name="settings">The settings of the loss, with the guide model.</param>
/// <param name="miniBatchTokens">The maximum number of tokens of a mini-batch.</param>
public sealed class CachedGISTEmbedLoss(GISTEmbedLossSettings settings, int miniBatchTokens = GradientCache.DefaultMiniBatchTokens)
    : GradientCache(
        settings?.Guide is not null
            ? new GISTEmbedLoss(settings)
            : throw new ArgumentException("The settings need a guide model, which encodes the texts of each batch too.", nameof(settings)),
        miniBatchTokens)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CachedGISTEmbedLoss), ModelOutputKind.SentenceEmbeddings, [.. GISTEmbedLoss.Keys, "mini-batch-tokens"],
        (node, _) => new CachedGISTEmbedLoss(GISTEmbedLoss.Read(node), node.MiniBatchTokens()));
}
