using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>How often a text is most like the mean vector of its own class: a classifier without anything to train.</summary>
/// <remarks>
/// Metrics, for each similarity F: <c>F_accuracy</c>, and of several the best as <c>max_accuracy</c>. Primary: the accuracy.
/// For the cosine a class's mean is that of its vectors at length one. Of classes that are as alike the first counts.
/// </remarks>
/// <param name="train">The texts that the means are taken of.</param>
/// <param name="test">The texts to classify.</param>
/// <param name="name">What is evaluated on.</param>
/// <exception cref="ArgumentException">The rows are pairs, or <paramref name="test"/> has a class that <paramref name="train"/> lacks.</exception>
/// <exception cref="EvaluationDataException"><paramref name="train"/> has fewer than two classes.</exception>
public sealed class NearestCentroidEvaluator(LabelledTexts train, LabelledTexts test, string name = "") : Evaluator(name)
{
    private readonly LabelledTexts _train = Several(Single(train, nameof(train)), nameof(train));
    private readonly LabelledTexts _test = Known(Single(test, nameof(test)), train, nameof(test));

    /// <summary>The similarities to evaluate; null for the model's own.</summary>
    public IReadOnlyList<SimilarityFunction>? Similarities { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (train, test) = (Encode(model, _train.Columns[0], cancellationToken), Encode(model, _test.Columns[0], cancellationToken));
        var functions = Functions(Similarities, model);
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

    private static LabelledTexts Single(LabelledTexts texts, string parameter) => texts switch
    {
        null => throw new ArgumentNullException(parameter),
        { Columns.Count: 1 } => texts,
        _ => throw new ArgumentException("The rows are pairs; single texts are expected.", parameter),
    };

    private static LabelledTexts Several(LabelledTexts train, string parameter) => train.Labels.Distinct().Count() > 1
        ? train
        : throw new EvaluationDataException("All rows to take means of have the same label: there is nothing to tell apart. Texts of at least two classes are needed.", parameter);

    private static LabelledTexts Known(LabelledTexts test, LabelledTexts train, string parameter) => test.Labels.Except(train.Labels).ToArray() is [var unknown, ..]
        ? throw new ArgumentException($"There is a class {unknown} that the texts to take means of never have.", parameter)
        : test;
}
