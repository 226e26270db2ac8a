using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// The mean of max(|a − p| − |a − n| + margin, 0) over all anchors and positives, with the nearest negative that is still farther than the
/// positive, or the farthest of all where none is (Schroff et al. 2015, arXiv:1503.03832). One text column, labels from 0.
/// </summary>
/// <param name="metric">How far apart two vectors are.</param>
/// <param name="margin">By how much negatives are to be farther.</param>
public sealed class BatchSemiHardTripletLoss(DistanceMetric metric = DistanceMetric.Euclidean, float margin = 5) : BatchTripletLoss(metric)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Schroff, Papers.Hermans];

    /// <summary>Gets the margin.</summary>
    public float Margin { get; } = Finite(margin);

    private protected override Tensor Forward(Computation run, Tensor distances, int[] labels)
    {
        var rows = labels.Length;
        List<int> positives = [], negatives = [];
        for (var anchor = 0; anchor < rows; anchor++)
        {
            for (var positive = 0; positive < rows; positive++)
            {
                if (positive != anchor && labels[positive] == labels[anchor] && SemiHard(distances.Row(anchor), labels, anchor, positive) is { } negative)
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
        return run.Mean(run.Relu(run.Scale(excess, 1, Margin)));
    }

    // Null where the batch has one label only.
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
