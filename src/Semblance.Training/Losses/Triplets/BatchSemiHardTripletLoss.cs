using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the mean of max(|a − p| − |a − n| + margin, 0) over all anchors and positives, with semi-hard negatives (Schroff et al. 2015,
/// arXiv:1503.03832).
/// </summary>
/// <remarks>
/// The negative is the nearest one that is farther than the positive, or the farthest of all if there is none. One text column; labels are
/// class indices from 0.
/// </remarks>
public sealed class BatchSemiHardTripletLoss(BatchTripletLossSettings? settings = null) : BatchTripletLoss((settings ?? new()).Metric)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(BatchSemiHardTripletLoss), ModelOutputKind.SentenceEmbeddings, ["distance", "margin"], (node, _) =>
        {
            var usual = new BatchTripletLossSettings();
            return new BatchSemiHardTripletLoss(usual with { Metric = node.Distance(usual.Metric), Margin = node.Margin(usual.Margin) });
        });

    /// <summary>Gets the settings.</summary>
    public BatchTripletLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Schroff, Papers.Hermans];

    /// <inheritdoc/>
    protected override Tensor Forward(Computation run, Tensor distances, int[] labels)
    {
        var rows = labels.Length;
        List<int> positives = [], negatives = [];
        for (var anchor = 0; anchor < rows; anchor++)
        {
            for (var positive = 0; positive < rows; positive++)
            {
                if (positive != anchor
                    && labels[positive] == labels[anchor]
                    && SemiHard(distances.Row(anchor), labels, anchor, positive) is { } negative)
                {
                    positives.Add((anchor * rows) + positive);
                    negatives.Add((anchor * rows) + negative);
                }
            }
        }

        if (positives.Count == 0)
        {
            return run.Nothing(distances);
        }

        var count = positives.Count;
        var excess = run.Subtract(run.Gather(distances, [.. positives], count, 1), run.Gather(distances, [.. negatives], count, 1));
        return run.Mean(run.Relu(run.Scale(excess, 1, Settings.Margin)));
    }

    // Null if the batch has only one label.
    private static int? SemiHard(ReadOnlySpan<float> distances, int[] labels, int anchor, int positive)
    {
        int? outside = null, inside = null;
        for (var other = 0; other < labels.Length; other++)
        {
            if (labels[other] == labels[anchor])
            {
                continue;
            }

            if (distances[other] > distances[positive] && (outside is null || distances[other] < distances[outside.Value]))
            {
                outside = other;
            }

            if (inside is null || distances[other] > distances[inside.Value])
            {
                inside = other;
            }
        }

        return outside ?? inside;
    }
}
