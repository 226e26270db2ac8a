using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// The divergence Σ p ln(p / q) of the model's probabilities q over a query's documents from a teacher's p, both softmax of scores over a
/// temperature, times the square of the student's (Lin et al. 2020, arXiv:2010.11386; Hinton et al. 2015, arXiv:1503.02531). Three or more text columns: query, positive, negatives; the labels are the teacher's scores of the
/// positive and of each negative.
/// </summary>
/// <param name="temperature">What scores are divided by: the higher, the more the lesser documents count.</param>
/// <param name="similarity">How near two vectors are.</param>
/// <param name="studentTemperature">What the model's scores are divided by; null for <paramref name="temperature"/>.</param>
/// <param name="teacherTemperature">What the teacher's scores are divided by, as for scores on another scale; null for <paramref name="temperature"/>.</param>
public sealed class DistillKLDivLoss(
    float temperature = 1, SimilarityFunction similarity = SimilarityFunction.DotProduct, float? studentTemperature = null, float? teacherTemperature = null) : Loss
{
    /// <summary>Gets what the model's scores are divided by.</summary>
    public float StudentTemperature { get; } = Positive(studentTemperature ?? Positive(temperature), nameof(studentTemperature));

    /// <summary>Gets what the teacher's scores are divided by.</summary>
    public float TeacherTemperature { get; } = Positive(teacherTemperature ?? Positive(temperature), nameof(teacherTemperature));

    /// <summary>Gets the similarity of two vectors.</summary>
    public SimilarityFunction Similarity { get; } = similarity;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Lin, Papers.Hinton];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3);
        var teacher = run.LogSoftmax(run.Scale(input.RequireLabels(this, input.Embeddings.Count - 1), 1 / TeacherTemperature));
        var scores = run.ConcatenateColumns([.. input.Embeddings.Skip(1).Select(document => run.RowSimilarities(input.Embeddings[0], document, Similarity))]);
        var student = run.LogSoftmax(run.Scale(scores, 1 / StudentTemperature));
        var divergence = run.Sum(run.Multiply(run.Exp(teacher), run.Subtract(teacher, student)));
        return run.Scale(divergence, StudentTemperature * StudentTemperature / input.Rows);
    }
}
