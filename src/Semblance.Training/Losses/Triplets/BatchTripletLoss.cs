using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the settings of <see cref="BatchAllTripletLoss"/>, <see cref="BatchHardTripletLoss"/> and
/// <see cref="BatchSemiHardTripletLoss"/>.
/// </summary>
public sealed record BatchTripletLossSettings
{
    /// <summary>Gets the distance of two vectors; <see cref="DistanceMetric.Euclidean"/> by default.</summary>
    public DistanceMetric Metric { get; init; } = DistanceMetric.Euclidean;

    /// <summary>Gets the margin; 5 by default.</summary>
    public float Margin
    {
        get;
        init => field = Setting.Finite(value);
    } = 5;
}

/// <summary>
/// Represents a triplet loss with triplets from the batch: embeddings with the same label are positives of each other, all others are
/// negatives (Hermans et al. 2017, arXiv:1703.07737).
/// </summary>
/// <remarks>One text column; labels are class indices from 0.</remarks>
/// <param name="metric">The distance of two vectors.</param>
public abstract class BatchTripletLoss(DistanceMetric metric) : Loss
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hermans];

    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1, 1);
        return Forward(run, run.Distances(input.Embeddings[0], metric), input.RequireClasses(this));
    }

    /// <summary>Computes the loss of one batch.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="distances">The distance between each two rows: <c>[batch × batch]</c>.</param>
    /// <param name="labels">The class index of each row.</param>
    /// <returns>The loss: <c>[1]</c>.</returns>
    protected abstract Tensor Forward(Computation run, Tensor distances, int[] labels);

    /// <summary>
    /// Returns, for each row, the distance to the farthest positive minus the distance to the nearest negative: <c>[batch × 1]</c>.
    /// </summary>
    protected static Tensor Hardest(Computation run, Tensor distances, int[] labels)
    {
        var rows = labels.Length;
        int[] farthest = new int[rows], nearest = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            // A row that is alone with its label is its own farthest positive; without a negative, the farthest of all rows is used.
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
