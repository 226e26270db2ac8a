using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="EmbedDistillLoss"/>.</summary>
public sealed record EmbedDistillLossSettings
{
    /// <summary>Gets the distance of a vector from its teacher's; <see cref="EmbeddingDistance.Cosine"/> by default.</summary>
    public EmbeddingDistance Distance { get; init; } = EmbeddingDistance.Cosine;

    /// <summary>Gets the layer from the model's vectors to the teacher's, which is trained with the model and not needed after (<see cref="EmbedDistillLoss.NewProjection"/>); null, the default, where they have equally many elements.</summary>
    public Linear? Projection { get; init; }
}

/// <summary>
/// The distance of sentence vectors from a teacher's, the mean over all texts: how a small model learns another's vectors (Kim et al. 2023,
/// arXiv:2301.12005). One or more text columns; the labels are the teacher's vectors, <c>[batch × dimension]</c> for every column the same, or
/// <c>[batch × columns · dimension]</c>, those of the columns one after another.
/// </summary>
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

    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(EmbedDistillLoss), ModelOutputKind.SentenceEmbeddings, ["distance", "projection"], (node, context) =>
        {
            var usual = new EmbedDistillLossSettings();
            return new EmbedDistillLoss(usual with
            {
                Distance = node.Find("distance")?.OneOf(("cosine", EmbeddingDistance.Cosine), ("euclidean", EmbeddingDistance.Euclidean), ("mse", EmbeddingDistance.MeanSquaredError)) ?? usual.Distance,
                Projection = ReadProjection(node, context),
            });
        });

    /// <summary>Makes the loss.</summary>
    /// <param name="settings">The settings; null for the defaults.</param>
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

    /// <summary>Returns a new projection, uniform in ±1/√dimension.</summary>
    /// <param name="dimension">The dimension of the model's vectors.</param>
    /// <param name="teacherDimension">The dimension of the teacher's vectors.</param>
    /// <param name="seed">The random seed.</param>
    public static Linear NewProjection(int dimension, int teacherDimension, int seed = 0) =>
        LossOperations.NewLinear(Setting.Positive(dimension, nameof(dimension)), Setting.Positive(teacherDimension, nameof(teacherDimension)), seed);

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
            _ => throw new InvalidOperationException($"There is no distance {Settings.Distance}."),
        };
    }

    /// <inheritdoc/>
    public sealed override IEnumerable<Parameter> Parameters() => Projection?.Parameters("projection") ?? [];

    /// <inheritdoc/>
    public override Tensor? TruncateLabels(LossInput input, int dimension)
    {
        ArgumentNullException.ThrowIfNull(input);
        var whole = input.Embeddings[0].Columns; // of each teacher's vector the first elements; a projection is compared with all of them
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

    // The vectors that those of all columns, one column below another, are compared with.
    private Tensor Teacher(LossInput input, int dimension)
    {
        var columns = input.Embeddings.Count;
        var labels = input.RequireLabels(this, 0);
        if (labels.Columns != dimension && labels.Columns != columns * dimension)
        {
            throw new LossInputException($"{Name} needs {dimension} labels for each of {input.Rows} rows, or {dimension} for each of {columns} columns, not {labels}.");
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
