namespace Semblance.Training.CrossEncoders;

/// <summary>
/// <see cref="MultipleNegativesRankingLoss"/> over batches larger than memory, and so with more negatives than fit at once; see
/// <see cref="CrossEncoderLoss.MiniBatchSize"/>.
/// </summary>
public sealed class CachedMultipleNegativesRankingLoss : MultipleNegativesRankingLoss
{
    /// <summary>Makes the loss.</summary>
    /// <param name="negatives">How many texts of other rows a query gets; null for all, from 0.</param>
    /// <param name="scale">What activated scores are multiplied by: one over the temperature.</param>
    /// <param name="miniBatchSize">How many pairs are computed at once.</param>
    public CachedMultipleNegativesRankingLoss(int? negatives = 4, float scale = 10, int miniBatchSize = 32)
        : base(negatives, scale) => MiniBatchSize = miniBatchSize;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [.. base.Citations, Papers.Gao];
}
