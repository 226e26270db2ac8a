using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// <see cref="MultipleNegativesRankingLoss"/> in both directions: each anchor finds its positive, and each positive its anchor; the mean of the
/// two (Radford et al. 2021, arXiv:2103.00020, for images and texts). Two or more text columns: anchor, positive, and any number of hard
/// negatives, which only the first direction sees; no labels.
/// </summary>
/// <param name="scale">What similarities are multiplied by: one over the temperature.</param>
/// <param name="similarity">How near two vectors are.</param>
/// <remarks>Where <see cref="LossInput.TextNumbers"/> is given, a candidate with the text of the right one is no negative.</remarks>
public sealed class MultipleNegativesSymmetricRankingLoss(float scale = 20, SimilarityFunction similarity = SimilarityFunction.Cosine) : Loss
{
    private readonly float _scale = Positive(scale);

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var rows = input.Rows;
        var scores = MultipleNegativesRankingLoss.Scores(run, this, input with { TextNumbers = null }, _scale, similarity);
        int[] transposed = [.. Enumerable.Range(0, rows * rows).Select(i => (i % rows * scores.Columns) + (i / rows))];
        Tensor forward = scores, backward = run.Gather(scores, transposed, rows, rows);
        if (input.RequireTextNumbers(this) is { } texts)
        {
            forward = run.LeaveOut(forward, MultipleNegativesRankingLoss.Duplicates(texts[1], [.. texts.Skip(1).SelectMany(column => column)]));
            backward = run.LeaveOut(backward, MultipleNegativesRankingLoss.Duplicates(texts[0], [.. texts[0]]));
        }

        var own = Enumerable.Range(0, rows);
        return run.Scale(run.Add(run.CrossEntropy(forward, own), run.CrossEntropy(backward, own)), 0.5f);
    }
}
