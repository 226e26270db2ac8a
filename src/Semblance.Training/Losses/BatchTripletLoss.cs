using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// A triplet loss that finds its triplets in the batch: vectors with the same label are positives of each other, all others negatives
/// (Hermans et al. 2017, arXiv:1703.07737). One text column, labels from 0.
/// </summary>
public abstract class BatchTripletLoss : Loss
{
    /// <param name="metric">How far apart two vectors are.</param>
    private protected BatchTripletLoss(DistanceMetric metric) => Metric = metric;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hermans];

    /// <summary>Gets the distance of two vectors.</summary>
    public DistanceMetric Metric { get; }

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1, 1);
        return Forward(run, run.Distances(input.Embeddings[0], Metric), input.RequireClasses(this));
    }

    // distances: [batch × batch]; labels: one for each row.
    private protected abstract Tensor Forward(Computation run, Tensor distances, int[] labels);

    /// <summary>For each row, the distance to the farthest of its label less that to the nearest of another: <c>[batch × 1]</c>.</summary>
    private protected static Tensor Hardest(Computation run, Tensor distances, int[] labels)
    {
        var rows = labels.Length;
        int[] farthest = new int[rows], nearest = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            // Alone with its label, a row is its own farthest; without another label, the farthest of all stands for it.
            var values = distances.Row(row);
            var (positive, negative, any) = (row, -1, 0);
            for (var other = 0; other < rows; other++)
            {
                any = values[other] > values[any] ? other : any;
                if (labels[other] != labels[row])
                {
                    negative = negative < 0 || values[other] < values[negative] ? other : negative;
                }
                else if (other != row)
                {
                    positive = positive == row || values[other] > values[positive] ? other : positive;
                }
            }

            (farthest[row], nearest[row]) = ((row * rows) + positive, (row * rows) + (negative < 0 ? any : negative));
        }

        return run.Subtract(run.Gather(distances, farthest, rows, 1), run.Gather(distances, nearest, rows, 1));
    }
}
