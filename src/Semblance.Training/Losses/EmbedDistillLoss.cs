using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// The distance of sentence vectors from a teacher's, the mean over all texts: how a small model learns another's vectors (Kim et al. 2023,
/// arXiv:2301.12005). One or more text columns; the labels are the teacher's vectors, <c>[batch × dimension]</c> for every column the same, or
/// <c>[batch × columns · dimension]</c>, those of the columns one after another.
/// </summary>
public class EmbedDistillLoss : Loss
{
    /// <summary>Makes the loss for a teacher whose vectors have as many elements as the model's.</summary>
    /// <param name="distance">How the two vectors are compared; by their cosine by default.</param>
    public EmbedDistillLoss(EmbeddingDistance distance = EmbeddingDistance.Cosine)
        : this(distance, null)
    {
    }

    /// <summary>Makes the loss with a new projection from the model's dimension to the teacher's, uniform in ±1/√dimension, which is trained with the model and not needed after.</summary>
    /// <param name="dimension">The elements of the model's vectors.</param>
    /// <param name="teacherDimension">The elements of the teacher's vectors.</param>
    /// <param name="distance">How the two vectors are compared; by their cosine by default.</param>
    /// <param name="seed">The random seed.</param>
    public EmbedDistillLoss(int dimension, int teacherDimension, EmbeddingDistance distance = EmbeddingDistance.Cosine, int seed = 0)
        : this(distance, LossOperations.NewLinear(Positive(dimension), Positive(teacherDimension), seed))
    {
    }

    /// <summary>Makes the loss with a given projection.</summary>
    /// <param name="distance">How the two vectors are compared.</param>
    /// <param name="projection">From the model's vectors to the teacher's; null where they have equally many elements.</param>
    public EmbedDistillLoss(EmbeddingDistance distance, Linear? projection)
    {
        (Distance, Projection) = (distance, projection);
        foreach (var (_, parameter) in Parameters())
        {
            parameter.RequiresGradient = true;
        }
    }

    /// <summary>Gets how the two vectors are compared.</summary>
    public EmbeddingDistance Distance { get; }

    /// <summary>Gets the layer from the model's vectors to the teacher's; null for none.</summary>
    public Linear? Projection { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Kim];

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
        return Distance switch
        {
            EmbeddingDistance.Cosine => run.Scale(run.Mean(run.RowSimilarities(student, teacher, SimilarityFunction.Cosine)), -1, 1),
            EmbeddingDistance.Euclidean => run.Mean(run.RowDistances(student, teacher, Tensors.Distance.Euclidean)),
            EmbeddingDistance.MeanSquaredError => run.MeanSquaredError(student, teacher),
            _ => throw new InvalidOperationException($"There is no distance {Distance}."),
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => Projection?.Parameters("projection") ?? [];

    // The first elements of each teacher's vector. A projection has the teacher's whole vector to meet.
    internal override Tensor? CutLabels(LossInput input, int dimension)
    {
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
