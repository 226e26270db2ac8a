using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MultiVectorSimilarityDistillLoss"/>.</summary>
public sealed record MultiVectorSimilarityDistillLossSettings
{
    /// <summary>
    /// Gets the temperature of the teacher: the divisor of its cosine similarities before the softmax; 0.05 by default. A lower value gives
    /// more weight to the nearest documents.
    /// </summary>
    public float Temperature
    {
        get;
        init => field = Setting.Positive(value);
    } = 0.05f;

    /// <summary>
    /// Gets the temperature of the model: the divisor of its scores, which are sums over the query's tokens; 1 by default.
    /// </summary>
    public float StudentTemperature
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;
}

/// <summary>
/// Represents the Kullback–Leibler divergence Σ p ln(p / q) of a dense teacher's probabilities p from the model's q over all documents of a
/// batch, for each query: knowledge distillation of similarities (<see cref="SimilarityDistillLoss"/>) for late-interaction scores.
/// </summary>
/// <remarks>
/// p is the softmax of the cosine similarities of the teacher's embeddings, q that of the model's scores, each over its temperature. Two or
/// more text columns: query, positive, and any number of negatives. The labels are the teacher's embeddings of the columns, one after
/// another, <c>[batch × columns · dimension]</c>: in a recipe, <c>teacher: { vectors: FOLDER, columns: each }</c>.
/// </remarks>
/// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
public sealed class MultiVectorSimilarityDistillLoss(MultiVectorSimilarityDistillLossSettings? settings = null) : MultiVectorLoss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MultiVectorSimilarityDistillLoss), ModelOutputKind.TokenEmbeddings, ["temperature", "student-temperature"], (node, _) =>
        {
            var usual = new MultiVectorSimilarityDistillLossSettings();
            return new MultiVectorSimilarityDistillLoss(usual with
            {
                Temperature = node.Number("temperature", usual.Temperature, float.Epsilon, 1e6f),
                StudentTemperature = node.Number("student-temperature", usual.StudentTemperature, float.Epsilon, 1e6f),
            });
        });

    /// <summary>Gets the settings.</summary>
    public MultiVectorSimilarityDistillLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Passalis];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, MultiVectorInput input)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2);
        var columns = input.Embeddings.Count;
        if (input.Rows == 1 && columns == 2)
        {
            throw new LossInputException(
                $"{Name} has one document to compare in a batch of one row; use larger batches or leave the last short one out.");
        }

        var labels = input.RequireLabels(this, 0);
        if (labels.Columns % columns != 0)
        {
            throw new LossInputException(
                $"{Name} needs the teacher's vector of each of {columns} columns, all of one dimension, and a row has {labels.Columns} "
                + $"labels, which {columns} does not divide.");
        }

        var dimension = labels.Columns / columns;
        Tensor[] vectors =
            [.. Enumerable.Range(0, columns).Select(column => run.Normalize(run.Columns(labels, column * dimension, dimension)))];
        var similarities = run.Product(vectors[0], run.ConcatenateRows(vectors[1..]));
        var teacher = run.LogSoftmax(run.Scale(similarities, 1 / Settings.Temperature));
        var scores = MaxSim(run, input.Embeddings[0], Join(run, [.. input.Embeddings.Skip(1)]));
        var student = run.LogSoftmax(run.Scale(scores, 1 / Settings.StudentTemperature));
        return run.Scale(run.Sum(run.Multiply(run.Exp(teacher), run.Subtract(teacher, student))), 1f / input.Rows);
    }
}
