using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>
/// Evaluates nearest-centroid classification: each text gets the label whose mean embedding is most similar, without training.
/// </summary>
/// <remarks>
/// Metrics, for each similarity function F: <c>F_accuracy</c>; with several functions, also the best as <c>max_accuracy</c>. Primary: the
/// accuracy. For
/// cosine similarity, the mean is that of the normalized embeddings. If several labels are equally similar, the first one counts.
/// </remarks>
/// <param name="train">The texts from which the mean embeddings are computed.</param>
/// <param name="test">The texts to classify.</param>
/// <param name="name">The name of the data set, the prefix of the metrics.</param>
/// <exception cref="ArgumentException">
/// The rows are pairs, or <paramref name="test"/> has a label that <paramref name="train"/> lacks.
/// </exception>
/// <exception cref="EvaluationDataException"><paramref name="train"/> has fewer than two labels.</exception>
public sealed class NearestCentroidEvaluator(LabeledTexts train, LabeledTexts test, string name = "") : Evaluator(name)
{
    private readonly LabeledTexts _train = Several(Single(train, nameof(train)), nameof(train));
    private readonly LabeledTexts _test = Known(Single(test, nameof(test)), train, nameof(test));

    /// <summary>Gets the similarity functions to evaluate; <see langword="null"/> for that of the model.</summary>
    public IReadOnlyList<SimilarityFunction>? Similarities { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (train, test) = (Encode(model, _train.Columns[0], cancellationToken), Encode(model, _test.Columns[0], cancellationToken));
        var functions = Functions(Similarities, model.Config);
        int[] classes = [.. _train.Labels.Distinct().Order()];
        var metrics = new OrderedDictionary<string, double>();
        foreach (var function in functions)
        {
            var options = new SearchOptions { TopK = 1, Similarity = function };
            var nearest = SemanticSearch.Search(test, Centroids(train, classes, function), options, null, cancellationToken);
            var right = nearest.Where((hits, row) => hits is [var hit] && classes[hit.Index] == _test.Labels[row]).Count();
            metrics[$"{function.Name()}_accuracy"] = (double)right / test.Rows;
        }

        AddBest(metrics, functions, ["accuracy"], (function, metric) => $"{function}_{metric}");
        return Result(metrics, $"{Main(functions)}_accuracy");
    }

    private Tensor Centroids(Tensor vectors, int[] classes, SimilarityFunction function)
    {
        var centroids = Tensor.Zeros(classes.Length, vectors.Columns);
        var counts = new int[classes.Length];
        for (var row = 0; row < vectors.Rows; row++)
        {
            var place = Array.BinarySearch(classes, _train.Labels[row]);
            var centroid = centroids.Writable.Slice(place * vectors.Columns, vectors.Columns);
            var length = function == SimilarityFunction.Cosine ? TensorPrimitives.Norm(vectors.Row(row)) : 1;
            counts[place]++;
            if (length > 0)
            {
                TensorPrimitives.MultiplyAdd(vectors.Row(row), 1 / length, centroid, centroid);
            }
        }

        for (var place = 0; place < counts.Length; place++)
        {
            var centroid = centroids.Writable.Slice(place * vectors.Columns, vectors.Columns);
            TensorPrimitives.Divide(centroid, counts[place], centroid);
        }

        return centroids;
    }

    private static LabeledTexts Single(LabeledTexts texts, string parameter) => texts switch
    {
        null => throw new ArgumentNullException(parameter),
        { Columns.Count: 1 } => texts,
        _ => throw new ArgumentException("The rows are pairs; single texts are expected.", parameter),
    };

    private static LabeledTexts Several(LabeledTexts train, string parameter) => train.Labels.Distinct().Count() > 1
        ? train
        : throw new EvaluationDataException(
            "All rows of the training set have the same label; texts of at least two labels are needed.", parameter);

    private static LabeledTexts Known(LabeledTexts test, LabeledTexts train, string parameter) =>
        test.Labels.Except(train.Labels).ToArray() is [var unknown, ..]
            ? throw new ArgumentException($"The label {unknown} does not occur in the training set.", parameter)
            : test;
}
