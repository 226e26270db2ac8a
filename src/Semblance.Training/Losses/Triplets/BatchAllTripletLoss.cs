using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the mean of max(|a − p| − |a − n| + margin, 0) over all triplets of the batch whose value is not zero ("batch all" of Hermans
/// et al. 2017, arXiv:1703.07737).
/// </summary>
/// <remarks>One text column; labels are class indices from 0.</remarks>
public sealed class BatchAllTripletLoss(BatchTripletLossSettings? settings = null) : BatchTripletLoss((settings ?? new()).Metric)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(BatchAllTripletLoss), ModelOutputKind.SentenceEmbeddings, ["distance", "margin"], (node, _) =>
        {
            var usual = new BatchTripletLossSettings();
            return new BatchAllTripletLoss(usual with { Metric = node.Distance(usual.Metric), Margin = node.Margin(usual.Margin) });
        });

    /// <summary>Gets the settings.</summary>
    public BatchTripletLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    protected override Tensor Forward(Computation run, Tensor distances, int[] labels)
    {
        var rows = labels.Length;
        List<int> positives = [], negatives = [];
        for (var anchor = 0; anchor < rows; anchor++)
        {
            var values = distances.Row(anchor);
            for (var positive = 0; positive < rows; positive++)
            {
                if (positive == anchor || labels[positive] != labels[anchor])
                {
                    continue;
                }

                for (var negative = 0; negative < rows; negative++)
                {
                    if (labels[negative] != labels[anchor] && values[positive] - values[negative] + Settings.Margin > 0)
                    {
                        positives.Add((anchor * rows) + positive);
                        negatives.Add((anchor * rows) + negative);
                    }
                }
            }
        }

        if (positives.Count == 0)
        {
            return run.Nothing(distances);
        }

        var count = positives.Count;
        return run.Scale(
            run.Mean(run.Subtract(run.Gather(distances, [.. positives], count, 1), run.Gather(distances, [.. negatives], count, 1))), 1,
            Settings.Margin);
    }
}
