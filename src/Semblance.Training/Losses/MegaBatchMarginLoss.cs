using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// max(positiveMargin − cos(a, p), 0) + max(cos(a, n) − negativeMargin, 0), with the nearest of the other rows' positives as negative: the
/// larger the batch, the harder (Wieting and Gimpel 2018, ParaNMT-50M, arXiv:1711.05732). Two text columns: anchor, positive; no labels.
/// </summary>
/// <param name="positiveMargin">How large the cosine of a pair is to be.</param>
/// <param name="negativeMargin">How small the cosine with the negative is to be.</param>
/// <remarks>Batches larger than memory: <see cref="CachedMegaBatchMarginLoss"/>.</remarks>
public sealed class MegaBatchMarginLoss(float positiveMargin = 0.8f, float negativeMargin = 0.3f) : Loss
{
    /// <summary>Gets how large the cosine of a pair is to be.</summary>
    public float PositiveMargin { get; } = Finite(positiveMargin);

    /// <summary>Gets how small the cosine with the negative is to be.</summary>
    public float NegativeMargin { get; } = Finite(negativeMargin);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Wieting];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        var rows = input.Rows;
        if (rows == 1)
        {
            throw new LossInputException($"{Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var scores = run.Similarities(input.Embeddings[0], input.Embeddings[1], SimilarityFunction.Cosine);
        var hardest = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            var values = scores.Row(row);
            var best = row == 0 ? 1 : 0;
            for (var other = best + 1; other < rows; other++)
            {
                best = other != row && values[other] > values[best] ? other : best;
            }

            hardest[row] = (row * rows) + best;
        }

        var positive = run.Relu(run.Scale(run.Diagonal(scores), -1, PositiveMargin));
        var negative = run.Relu(run.Scale(run.Gather(scores, hardest, rows, 1), 1, -NegativeMargin));
        return run.Mean(run.Add(positive, negative));
    }
}
