using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Each anchor finds its positive among all positives and hard negatives of the batch: cross-entropy over scaled similarities (Henderson et
/// al. 2017, arXiv:1705.00652; van den Oord et al. 2018, arXiv:1807.03748, as InfoNCE). Two or more text columns: anchor, positive, and any
/// number of hard negatives; no labels.
/// </summary>
/// <param name="scale">What similarities are multiplied by: one over the temperature.</param>
/// <param name="similarity">How near two vectors are.</param>
/// <remarks>Where <see cref="LossInput.TextNumbers"/> is given, a candidate with the text of the row's own positive is no negative.</remarks>
public sealed class MultipleNegativesRankingLoss(float scale = 20, SimilarityFunction similarity = SimilarityFunction.Cosine) : Loss
{
    private readonly float _scale = Positive(scale);

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return run.CrossEntropy(Scores(run, this, input, _scale, similarity), Enumerable.Range(0, input.Rows));
    }

    // [anchors × candidates], duplicates of the positives left out.
    internal static Tensor Scores(Computation run, Loss loss, LossInput input, float scale, SimilarityFunction similarity)
    {
        input.RequireColumns(loss, 2);
        if (input.Rows == 1 && input.Embeddings.Count == 2)
        {
            throw new LossInputException($"{loss.Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var candidates = run.ConcatenateRows([.. input.Embeddings.Skip(1)]);
        var scores = run.Scale(run.Similarities(input.Embeddings[0], candidates, similarity), scale);
        return input.RequireTextNumbers(loss) is { } texts
            ? run.LeaveOut(scores, Duplicates(texts[1], [.. texts.Skip(1).SelectMany(column => column)]))
            : scores;
    }

    // What equals the right answer of a row, and is not it.
    internal static Func<int, int, bool> Duplicates(IReadOnlyList<int> own, int[] candidates) =>
        (row, candidate) => candidate != row && candidates[candidate] == own[row];
}
