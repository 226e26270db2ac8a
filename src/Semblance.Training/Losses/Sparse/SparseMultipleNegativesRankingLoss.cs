namespace Semblance.Training;

/// <summary>
/// Represents <see cref="MultipleNegativesRankingLoss"/> with the defaults for sparse embeddings, the dot product and a scale of 1: the
/// ranking loss of SPLADE (Formal et al. 2021, arXiv:2107.05720), used within <see cref="SpladeLoss"/>.
/// </summary>
/// <param name="settings">The settings; <see langword="null"/> for <see cref="Defaults"/>.</param>
public sealed class SparseMultipleNegativesRankingLoss(MultipleNegativesRankingLossSettings? settings = null)
    : MultipleNegativesRankingLoss(settings ?? Defaults)
{
    /// <summary>Gets the default settings.</summary>
    public static MultipleNegativesRankingLossSettings Defaults { get; } = new() { Scale = 1, Similarity = SimilarityFunction.DotProduct };

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static new LossDescriptor Descriptor { get; } = new(
        nameof(SparseMultipleNegativesRankingLoss), ModelOutputKind.SentenceEmbeddings, Keys,
        (node, _) => new SparseMultipleNegativesRankingLoss(Read(node, Defaults)));
}
