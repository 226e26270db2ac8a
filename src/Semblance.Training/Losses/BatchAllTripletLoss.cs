using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// The mean of max(|a − p| − |a − n| + margin, 0) over all triplets of the batch where it is not zero ("batch all" of Hermans et al. 2017,
/// arXiv:1703.07737). One text column, labels from 0.
/// </summary>
/// <param name="metric">How far apart two vectors are.</param>
/// <param name="margin">By how much negatives are to be farther.</param>
public sealed class BatchAllTripletLoss(DistanceMetric metric = DistanceMetric.Euclidean, float margin = 5) : BatchTripletLoss(metric)
{
    /// <summary>Gets the margin.</summary>
    public float Margin { get; } = Finite(margin);

    private protected override Tensor Forward(Computation run, Tensor distances, int[] labels)
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
                    if (labels[negative] != labels[anchor] && values[positive] - values[negative] + Margin > 0)
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
        return run.Scale(run.Mean(run.Subtract(run.Gather(distances, [.. positives], count, 1), run.Gather(distances, [.. negatives], count, 1))), 1, Margin);
    }
}
