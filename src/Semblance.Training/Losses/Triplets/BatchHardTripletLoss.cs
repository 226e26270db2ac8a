using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the mean of max(|a − p| − |a − n| + margin, 0) with the farthest positive and the nearest negative of each row ("batch hard"
/// of Hermans et al. 2017, arXiv:1703.07737).
/// </summary>
/// <remarks>One text column; labels are class indices from 0.</remarks>
public sealed class BatchHardTripletLoss(BatchTripletLossSettings? settings = null) : BatchTripletLoss((settings ?? new()).Metric)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(BatchHardTripletLoss), ModelOutputKind.SentenceEmbeddings, ["distance", "margin"], (node, _) =>
        {
            var usual = new BatchTripletLossSettings();
            return new BatchHardTripletLoss(usual with { Metric = node.Distance(usual.Metric), Margin = node.Margin(usual.Margin) });
        });

    /// <summary>Gets the settings.</summary>
    public BatchTripletLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    protected override Tensor Forward(Computation run, Tensor distances, int[] labels) =>
        run.Mean(run.Relu(run.Scale(Hardest(run, distances, labels), 1, Settings.Margin)));
}
