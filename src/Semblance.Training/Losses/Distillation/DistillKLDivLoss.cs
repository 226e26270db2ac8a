using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="DistillKLDivLoss"/>.</summary>
public sealed record DistillKLDivLossSettings
{
    /// <summary>Gets the divisor of scores before the softmax; 1 by default. The higher, the more the lesser documents count.</summary>
    public float Temperature
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;

    /// <summary>Gets the divisor of the model's scores; null, the default, for <see cref="Temperature"/>.</summary>
    public float? StudentTemperature
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }

    /// <summary>Gets the divisor of the teacher's scores, as for scores on another scale; null, the default, for <see cref="Temperature"/>.</summary>
    public float? TeacherTemperature
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }

    /// <summary>Gets the similarity of two vectors; <see cref="SimilarityFunction.DotProduct"/> by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.DotProduct;
}

/// <summary>
/// The divergence Σ p ln(p / q) of the model's probabilities q over a query's documents from a teacher's p, both softmax of scores over a
/// temperature, times the square of the student's (Lin et al. 2020, arXiv:2010.11386; Hinton et al. 2015, arXiv:1503.02531). Three or more text columns: query, positive, negatives; the labels are the teacher's scores of the
/// positive and of each negative.
/// </summary>
public sealed class DistillKLDivLoss(DistillKLDivLossSettings? settings = null) : Loss
{
    private const string Lin =
        """
        @misc{lin2020distilling,
            title = {Distilling Dense Representations for Ranking using Tightly-Coupled Teachers},
            author = {Sheng-Chieh Lin and Jheng-Hong Yang and Jimmy Lin},
            year = {2020},
            eprint = {2010.11386},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR}
        }
        """;

    private const string Hinton =
        """
        @misc{hinton2015distilling,
            title = {Distilling the Knowledge in a Neural Network},
            author = {Geoffrey Hinton and Oriol Vinyals and Jeff Dean},
            year = {2015},
            eprint = {1503.02531},
            archivePrefix = {arXiv},
            primaryClass = {stat.ML}
        }
        """;

    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(DistillKLDivLoss), ModelOutputKind.SentenceEmbeddings, ["temperature", "similarity", "student-temperature", "teacher-temperature"], (node, _) =>
        {
            var usual = new DistillKLDivLossSettings();
            return new DistillKLDivLoss(usual with
            {
                Temperature = node.Number("temperature", usual.Temperature, float.Epsilon, 1e6f),
                Similarity = node.Similarity(usual.Similarity),
                StudentTemperature = node.Find("student-temperature")?.Number(float.Epsilon, 1e6f) ?? usual.StudentTemperature,
                TeacherTemperature = node.Find("teacher-temperature")?.Number(float.Epsilon, 1e6f) ?? usual.TeacherTemperature,
            });
        });

    /// <summary>Gets the settings.</summary>
    public DistillKLDivLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Lin, Hinton];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3);
        var (studentTemperature, teacherTemperature) = (Settings.StudentTemperature ?? Settings.Temperature, Settings.TeacherTemperature ?? Settings.Temperature);
        var teacher = run.LogSoftmax(run.Scale(input.RequireLabels(this, input.Embeddings.Count - 1), 1 / teacherTemperature));
        var scores = run.ConcatenateColumns([.. input.Embeddings.Skip(1).Select(document => run.RowSimilarities(input.Embeddings[0], document, Settings.Similarity))]);
        var student = run.LogSoftmax(run.Scale(scores, 1 / studentTemperature));
        var divergence = run.Sum(run.Multiply(run.Exp(teacher), run.Subtract(teacher, student)));
        return run.Scale(divergence, studentTemperature * studentTemperature / input.Rows);
    }
}
