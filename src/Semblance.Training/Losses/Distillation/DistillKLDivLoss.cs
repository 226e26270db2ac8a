using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="DistillKLDivLoss"/>.</summary>
public sealed record DistillKLDivLossSettings
{
    /// <summary>
    /// Gets the temperature: the divisor of the scores before the softmax; 1 by default. A higher value gives more weight to documents with
    /// low scores.
    /// </summary>
    public float Temperature
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;

    /// <summary>Gets the temperature of the model's scores; <see langword="null"/>, the default, for <see cref="Temperature"/>.</summary>
    public float? StudentTemperature
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }

    /// <summary>
    /// Gets the temperature of the teacher's scores, for scores on another scale; <see langword="null"/>, the default, for
    /// <see cref="Temperature"/>.
    /// </summary>
    public float? TeacherTemperature
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }

    /// <summary>Gets the similarity of two vectors; <see cref="SimilarityFunction.DotProduct"/> by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.DotProduct;
}

/// <summary>
/// Represents the Kullback–Leibler divergence Σ p ln(p / q) of a teacher's probabilities p from the model's q over the documents of a
/// query.
/// </summary>
/// <remarks>
/// p and q are the softmax of the scores over a temperature; the result is multiplied by the square of the student's temperature (Lin et
/// al. 2020, arXiv:2010.11386; Hinton et al. 2015, arXiv:1503.02531). Three or more text columns: query, positive, negatives. The labels
/// are the teacher's scores of the positive and of each negative.
/// </remarks>
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

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(DistillKLDivLoss), ModelOutputKind.SentenceEmbeddings,
        ["temperature", "similarity", "student-temperature", "teacher-temperature"], (node, _) => new DistillKLDivLoss(Read(node, new())));

    /// <summary>Gets the settings.</summary>
    public DistillKLDivLossSettings Settings { get; } = settings ?? new();

    /// <summary>Reads the settings from a recipe.</summary>
    /// <param name="node">The settings of the loss in the recipe.</param>
    /// <param name="usual">The defaults.</param>
    internal static DistillKLDivLossSettings Read(RecipeNode node, DistillKLDivLossSettings usual) => usual with
    {
        Temperature = node.Number("temperature", usual.Temperature, float.Epsilon, 1e6f),
        Similarity = node.Similarity(usual.Similarity),
        StudentTemperature = node.Find("student-temperature")?.Number(float.Epsilon, 1e6f) ?? usual.StudentTemperature,
        TeacherTemperature = node.Find("teacher-temperature")?.Number(float.Epsilon, 1e6f) ?? usual.TeacherTemperature,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Lin, Papers.Hinton];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3);
        var (studentTemperature, teacherTemperature) =
            (Settings.StudentTemperature ?? Settings.Temperature, Settings.TeacherTemperature ?? Settings.Temperature);
        var teacher = run.LogSoftmax(run.Scale(input.RequireLabels(this, input.Embeddings.Count - 1), 1 / teacherTemperature));
        var scores = run.ConcatenateColumns(
            [.. input.Embeddings.Skip(1).Select(document => run.RowSimilarities(input.Embeddings[0], document, Settings.Similarity))]);
        var student = run.LogSoftmax(run.Scale(scores, 1 / studentTemperature));
        var divergence = run.Sum(run.Multiply(run.Exp(teacher), run.Subtract(teacher, student)));
        return run.Scale(divergence, studentTemperature * studentTemperature / input.Rows);
    }
}
