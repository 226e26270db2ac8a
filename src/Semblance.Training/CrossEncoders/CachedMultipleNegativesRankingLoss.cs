namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Represents <see cref="MultipleNegativesRankingLoss"/> over batches larger than memory, with more in-batch negatives; see
/// <see cref="CrossEncoderLossSettings.MiniBatchSize"/>, which is 32 here by default.
/// </summary>
/// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
public sealed class CachedMultipleNegativesRankingLoss(MultipleNegativesRankingLossSettings? settings = null)
    : MultipleNegativesRankingLoss(InParts(settings ?? new()))
{
    private const int DefaultMiniBatchSize = 32;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static new LossDescriptor Descriptor { get; } = new(
        nameof(CachedMultipleNegativesRankingLoss), ModelOutputKind.Logits, ["negatives", "scale", "activation", "mini-batch"],
        (node, _) => new CachedMultipleNegativesRankingLoss(
            MultipleNegativesRankingLossSettings.Read(node) with { MiniBatchSize = node.MiniBatchSize(null) }));

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [.. base.Citations, Papers.Gao];

    private static MultipleNegativesRankingLossSettings InParts(MultipleNegativesRankingLossSettings settings) =>
        settings with { MiniBatchSize = settings.MiniBatchSize ?? DefaultMiniBatchSize };
}
