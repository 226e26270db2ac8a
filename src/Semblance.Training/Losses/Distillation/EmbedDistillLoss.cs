using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="EmbedDistillLoss"/>.</summary>
public sealed record EmbedDistillLossSettings
{
    /// <summary>Gets the distance between an embedding and the teacher's; <see cref="EmbeddingDistance.Cosine"/> by default.</summary>
    public EmbeddingDistance Distance { get; init; } = EmbeddingDistance.Cosine;

    /// <summary>
    /// Gets the linear layer from the model's embeddings to the teacher's dimension (<see cref="EmbedDistillLoss.NewProjection"/>), trained
    /// with the model and not needed afterward; <see langword="null"/>, the default, for equal dimensions.
    /// </summary>
    public Linear? Projection { get; init; }
}

/// <summary>
/// Represents the mean distance between sentence embeddings and a teacher's: knowledge distillation of embeddings (Kim et al. 2023,
/// arXiv:2301.12005).
/// </summary>
/// <remarks>
/// One or more text columns. The labels are the teacher's embeddings: <c>[batch × dimension]</c> for the same target in every column, or
/// <c>[batch × columns · dimension]</c> for the targets of the columns one after another.
/// </remarks>
public class EmbedDistillLoss : Loss
{
    private const string Kim =
        """
        @misc{kim2023embeddistill,
            title = {EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval},
            author = {Seungyeon Kim and Ankit Singh Rawat and Manzil Zaheer and Sadeep Jayasumana and Veeranjaneyulu Sadhanala and Wittawat Jitkrittum and Aditya Krishna Menon and Rob Fergus and Sanjiv Kumar},
            year = {2023},
            eprint = {2301.12005},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(EmbedDistillLoss), ModelOutputKind.SentenceEmbeddings, ["distance", "projection"], (node, context) =>
        {
            var usual = new EmbedDistillLossSettings();
            return new EmbedDistillLoss(usual with
            {
                Distance = node.Find("distance")?.OneOf(
                    ("cosine", EmbeddingDistance.Cosine), ("euclidean", EmbeddingDistance.Euclidean),
                    ("mse", EmbeddingDistance.MeanSquaredError))
                    ?? usual.Distance,
                Projection = ReadProjection(node, context),
            });
        });

    /// <summary>Initializes a new instance of the <see cref="EmbedDistillLoss"/> class.</summary>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    public EmbedDistillLoss(EmbedDistillLossSettings? settings = null)
    {
        Settings = settings ?? new();
        foreach (var parameter in Parameters())
        {
            parameter.IsTrained = true;
        }
    }

    /// <summary>Gets the settings.</summary>
    public EmbedDistillLossSettings Settings { get; }

    /// <summary>Returns a new projection, initialized uniformly in ±1/√dimension.</summary>
    /// <param name="dimension">The dimension of the model's embeddings.</param>
    /// <param name="teacherDimension">The dimension of the teacher's embeddings.</param>
    /// <param name="seed">The random seed.</param>
    public static Linear NewProjection(int dimension, int teacherDimension, int seed = 0) =>
        LossOperations.NewLinear(
            Setting.Positive(dimension, nameof(dimension)), Setting.Positive(teacherDimension, nameof(teacherDimension)), seed);

    internal static Linear? ReadProjection(RecipeNode node, LossContext context) =>
        node.Find("projection") is { } teacher ? NewProjection(context.Model.OutputDimension, teacher.Count(), context.Seed) : null;

    private Linear? Projection => Settings.Projection;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Kim];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        var dimension = input.Embeddings[0].Columns;
        if (Projection is not null && Projection.Inputs != dimension)
        {
            throw new LossInputException($"The projection of {Name} takes vectors of {Projection.Inputs} elements, not of {dimension}.");
        }

        var teacher = Teacher(input, Projection?.Outputs ?? dimension);
        var vectors = run.ConcatenateRows(input.Embeddings);
        var student = Projection is null ? vectors : run.Linear(vectors, Projection);
        return Settings.Distance switch
        {
            EmbeddingDistance.Cosine => run.Scale(run.Mean(run.RowSimilarities(student, teacher, SimilarityFunction.Cosine)), -1, 1),
            EmbeddingDistance.Euclidean => run.Mean(run.RowDistances(student, teacher, Tensors.Distance.Euclidean)),
            EmbeddingDistance.MeanSquaredError => run.MeanSquaredError(student, teacher),
            _ => throw new InvalidOperationException($"The distance {Settings.Distance} is not supported."),
        };
    }

    /// <inheritdoc/>
    public sealed override IEnumerable<Parameter> Parameters() => Projection?.Parameters("projection") ?? [];

    /// <inheritdoc/>
    public override Tensor? TruncateLabels(LossInput input, int dimension)
    {
        ArgumentNullException.ThrowIfNull(input);
        // The first elements of each teacher's embedding; a projection is compared with all of them.
        var whole = input.Embeddings[0].Columns;
        if (Projection is not null || input.Labels is not { } labels || labels.Length == 0 || labels.Length % whole != 0)
        {
            return input.Labels;
        }

        var cut = Tensor.Zeros(labels.Length / whole, dimension);
        for (var i = 0; i < cut.Rows; i++)
        {
            labels.Values.Slice(i * whole, dimension).CopyTo(cut.Writable[(i * dimension)..]);
        }

        return Tensor.From(cut.Values, input.Rows, cut.Length / input.Rows);
    }

    // The targets of the embeddings, one column after another.
    private Tensor Teacher(LossInput input, int dimension)
    {
        var columns = input.Embeddings.Count;
        var labels = input.RequireLabels(this, 0);
        if (labels.Columns != dimension && labels.Columns != columns * dimension)
        {
            throw new LossInputException(
                $"{Name} needs {dimension} labels for each of {input.Rows} rows, or {dimension} for each of {columns} "
                + $"columns, not {labels}.");
        }

        var teacher = Tensor.Zeros(columns * input.Rows, dimension);
        for (var i = 0; i < teacher.Rows; i++)
        {
            var (column, row) = (labels.Columns == dimension ? 0 : i / input.Rows, i % input.Rows);
            labels.Row(row).Slice(column * dimension, dimension).CopyTo(teacher.Writable[(i * dimension)..]);
        }

        return teacher;
    }
}
