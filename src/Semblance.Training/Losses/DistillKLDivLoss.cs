using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// The divergence Σ p ln(p / q) of the model's probabilities q over a query's documents from a teacher's p, both softmax of scores over a
/// temperature, times its square (Hinton et al. 2015, arXiv:1503.02531; Lin et al. 2021, "In-Batch Negatives for Knowledge Distillation
/// with Tightly-Coupled Teachers"). Three or more text columns: query, positive, negatives; the labels are the teacher's scores of the
/// positive and of each negative.
/// </summary>
/// <param name="temperature">What scores are divided by: the higher, the more the lesser documents count.</param>
/// <param name="similarity">How near two vectors are.</param>
public sealed class DistillKLDivLoss(float temperature = 1, SimilarityFunction similarity = SimilarityFunction.DotProduct) : Loss
{
    private readonly float _temperature = Positive(temperature);

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3);
        var teacher = run.LogSoftmax(run.Scale(input.RequireLabels(this, input.Embeddings.Count - 1), 1 / _temperature));
        var scores = run.ConcatenateColumns([.. input.Embeddings.Skip(1).Select(document => run.RowSimilarities(input.Embeddings[0], document, similarity))]);
        var student = run.LogSoftmax(run.Scale(scores, 1 / _temperature));
        var divergence = run.Sum(run.Multiply(run.Exp(teacher), run.Subtract(teacher, student)));
        return run.Scale(divergence, _temperature * _temperature / input.Rows);
    }
}
