using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Vectors of different rows are to be spread out as vectors of random directions are: for each text column, the square of the mean similarity of
/// two different rows, and what the mean of their squared similarities exceeds 1 / dimension by (Zhang et al. 2017, arXiv:1708.06320; Schechter Vera et al.
/// 2025, arXiv:2509.20354, with the second alone and a sum over columns). One or more text columns; no labels. A companion of a loss that learns
/// what is similar, such as <see cref="MultipleNegativesRankingLoss"/> on another data set of the same rows.
/// </summary>
/// <param name="similarity">The similarity of two vectors.</param>
/// <param name="meanWeight">What the square of the mean counts; 0 leaves it out.</param>
/// <param name="secondMomentWeight">What the mean of the squares counts; 0 leaves it out.</param>
/// <param name="aggregation">How the columns are taken together.</param>
public sealed class GlobalOrthogonalRegularizationLoss(
    SimilarityFunction similarity = SimilarityFunction.Cosine, float meanWeight = 1, float secondMomentWeight = 1, Aggregation aggregation = Aggregation.Mean) : Loss
{
    /// <summary>Gets the similarity of two vectors.</summary>
    public SimilarityFunction Similarity { get; } = similarity;

    /// <summary>Gets what the square of the mean similarity counts.</summary>
    public float MeanWeight { get; } = Finite(meanWeight);

    /// <summary>Gets what the excess of the mean squared similarity counts.</summary>
    public float SecondMomentWeight { get; } = meanWeight != 0 || secondMomentWeight != 0
        ? Finite(secondMomentWeight)
        : throw new ArgumentException("At least one of the two weights must be other than zero.", nameof(secondMomentWeight));

    /// <summary>Gets how the columns are taken together.</summary>
    public Aggregation Aggregation { get; } = aggregation;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Zhang];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        if (input.Rows == 1)
        {
            throw new LossInputException($"{Name} has nothing to compare in a batch of one row; use larger batches or leave the last short one out.");
        }

        var sum = input.Embeddings.Select(vectors => Column(run, vectors)).Aggregate(run.Add);
        return Aggregation == Aggregation.Sum ? sum : run.Scale(sum, 1f / input.Embeddings.Count);
    }

    private Tensor Column(Computation run, Tensor vectors)
    {
        var rows = vectors.Rows;
        var others = Tensor.Zeros(rows, rows); // 1 where two rows differ
        for (var i = 0; i < others.Length; i++)
        {
            others.Writable[i] = i / rows == i % rows ? 0 : 1;
        }

        var similarities = run.Multiply(run.Similarities(vectors, vectors, Similarity), others);
        var pairs = 1f / (rows * (rows - 1f));
        var mean = run.Square(run.Scale(run.Sum(similarities), pairs));
        var excess = run.Relu(run.Scale(run.Sum(run.Square(similarities)), pairs, -1f / vectors.Columns));
        return run.Add(run.Scale(mean, MeanWeight), run.Scale(excess, SecondMomentWeight));
    }
}
