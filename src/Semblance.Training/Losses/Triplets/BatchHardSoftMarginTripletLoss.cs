using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="BatchHardSoftMarginTripletLoss"/>.</summary>
public sealed record BatchHardSoftMarginTripletLossSettings
{
    /// <summary>Gets the distance of two vectors; <see cref="DistanceMetric.Euclidean"/> by default.</summary>
    public DistanceMetric Metric { get; init; } = DistanceMetric.Euclidean;
}

/// <summary>
/// Represents the mean of ln(1 + exp(|a − p| − |a − n|)) with the farthest positive and the nearest negative of each row:
/// <see cref="BatchHardTripletLoss"/> without a margin (Hermans et al. 2017, arXiv:1703.07737).
/// </summary>
/// <remarks>One text column; labels are class indices from 0.</remarks>
public sealed class BatchHardSoftMarginTripletLoss(BatchHardSoftMarginTripletLossSettings? settings = null)
    : BatchTripletLoss((settings ?? new()).Metric)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(BatchHardSoftMarginTripletLoss), ModelOutputKind.SentenceEmbeddings, ["distance"],
        (node, _) => new BatchHardSoftMarginTripletLoss(
            new() { Metric = node.Distance(new BatchHardSoftMarginTripletLossSettings().Metric) }));

    /// <summary>Gets the settings.</summary>
    public BatchHardSoftMarginTripletLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    protected override Tensor Forward(Computation run, Tensor distances, int[] labels) =>
        run.Mean(run.Softplus(Hardest(run, distances, labels)));
}
