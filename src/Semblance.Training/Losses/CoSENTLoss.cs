using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// ln(1 + Σ exp(scale · (s_i − s_j))) over all pairs of rows where label i is below label j: similarities in the order of the labels (Huang et
/// al. 2024, doi:10.1109/TASLP.2024.3402087; first published at kexue.fm/archives/8847). Two text columns, a label for each pair,
/// of which only the order matters.
/// </summary>
/// <param name="scale">What similarities are multiplied by: one over the temperature.</param>
/// <param name="similarity">How near two vectors are.</param>
public sealed class CoSENTLoss(float scale = 20, SimilarityFunction similarity = SimilarityFunction.Cosine) : Loss
{
    /// <summary>Gets what similarities are multiplied by.</summary>
    public float Scale { get; } = Positive(scale);

    /// <summary>Gets the similarity of two vectors.</summary>
    public SimilarityFunction Similarity { get; } = similarity;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Huang];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        return Ordering(run, run.Scale(run.RowSimilarities(input.Embeddings[0], input.Embeddings[1], Similarity), Scale), input.RequireLabels(this));
    }

    // scores, labels: [batch × 1].
    internal static Tensor Ordering(Computation run, Tensor scores, Tensor labels)
    {
        var values = labels.Values;
        List<int> lower = [], higher = [];
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = 0; j < values.Length; j++)
            {
                if (values[i] < values[j])
                {
                    lower.Add(i);
                    higher.Add(j);
                }
            }
        }

        if (lower.Count == 0)
        {
            return run.Nothing(scores); // all labels are equal: there is no order
        }

        var differences = run.Subtract(run.Gather(scores, [.. lower], 1, lower.Count), run.Gather(scores, [.. higher], 1, lower.Count));
        return run.CrossEntropy(run.ConcatenateColumns(Tensor.Zeros(1, 1), differences), [0]); // the one of the logarithm is e⁰
    }
}
