namespace Semblance.Training;

/// <summary>Evaluates the classification of pairs (duplicates, paraphrases) with one threshold on the similarity.</summary>
/// <remarks>
/// Metrics, for each similarity function F: <c>F_accuracy</c> and <c>F_accuracy_threshold</c> at the threshold with the best accuracy;
/// <c>F_f1</c>,
/// <c>F_f1_threshold</c>, <c>F_precision</c>, <c>F_recall</c> and <c>F_mcc</c> at the threshold with the best F1; <c>F_ap</c>, the average
/// precision.
/// With several functions, also the best as <c>max</c>. Primary: average precision. The thresholds of Euclidean and Manhattan similarity
/// are distances:
/// pairs at or below them are positive.
/// </remarks>
/// <param name="sentences1">The first text of each pair.</param>
/// <param name="sentences2">The second text of each pair.</param>
/// <param name="labels">The labels: <see langword="true"/> for a positive pair, <see langword="false"/> for a negative pair.</param>
/// <param name="name">The name of the data set, the prefix of the metrics.</param>
/// <exception cref="ArgumentException">The lists differ in length.</exception>
/// <exception cref="EvaluationDataException">There are no positive pairs or no negative pairs.</exception>
public sealed class BinaryClassificationEvaluator(
    IReadOnlyList<string> sentences1, IReadOnlyList<string> sentences2, IReadOnlyList<bool> labels, string name = "") : Evaluator(name)
{
    private static readonly string[] Names = ["accuracy", "accuracy_threshold", "f1", "f1_threshold", "precision", "recall", "ap", "mcc"];

    private readonly IReadOnlyList<string> _sentences1 = Checked(sentences1, nameof(sentences1));
    private readonly IReadOnlyList<string> _sentences2 = Checked(sentences2, sentences1.Count, nameof(sentences2));
    private readonly bool[] _labels = Both(Checked(labels, sentences1.Count, nameof(labels)), nameof(labels));

    /// <summary>Gets the similarity functions to evaluate; <see langword="null"/> for that of the model.</summary>
    public IReadOnlyList<SimilarityFunction>? Similarities { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (a, b) = (Encode(model, _sentences1, cancellationToken), Encode(model, _sentences2, cancellationToken));
        var functions = Functions(Similarities, model.Config);
        var metrics = new OrderedDictionary<string, double>();
        foreach (var function in functions)
        {
            AddMetrics(
                metrics, function.Name() + "_", Pairwise(a, b, function),
                function is SimilarityFunction.Euclidean or SimilarityFunction.Manhattan ? -1 : 1);
        }

        AddBest(metrics, functions, Names, (function, metric) => $"{function}_{metric}");
        return Result(metrics, $"{Main(functions)}_ap");
    }

    /// <summary>Evaluates any other similarity of two texts, such as a baseline.</summary>
    /// <param name="similarity">Computes the similarity of two texts.</param>
    /// <param name="function">The name of the similarity, F in the names of the metrics.</param>
    public EvaluationResult Evaluate(Func<string, string, double> similarity, string function)
    {
        ArgumentNullException.ThrowIfNull(similarity);
        var metrics = new OrderedDictionary<string, double>();
        AddMetrics(metrics, function + "_", [.. _sentences1.Zip(_sentences2, similarity)], 1);
        return Result(metrics, $"{function}_ap");
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default)
    {
        var metrics = new OrderedDictionary<string, double>();
        AddMetrics(metrics, "", Scores(model, _sentences1.Zip(_sentences2), cancellationToken), 1);
        return Result(metrics, "ap");
    }

    private static bool[] Both(IReadOnlyList<bool> labels, string parameter) => labels.Contains(true) && labels.Contains(false)
        ? [.. labels]
        : throw new EvaluationDataException(
            $"All {labels.Count} pairs have the same label; at least one positive and one negative pair are needed.", parameter);

    // sign: the factor of the thresholds.
    private void AddMetrics(OrderedDictionary<string, double> metrics, string prefix, double[] scores, int sign)
    {
        var (accuracy, accuracyThreshold) = BinaryClassification.BestAccuracy(scores, _labels);
        var (f1, precision, recall, f1Threshold) = BinaryClassification.BestF1(scores, _labels);
        var ap = BinaryClassification.AveragePrecision(scores, _labels);
        var mcc = BinaryClassification.MatthewsCorrelation(scores, _labels, f1Threshold);
        double[] values = [accuracy, 0 + (sign * accuracyThreshold), f1, 0 + (sign * f1Threshold), precision, recall, ap, mcc];
        foreach (var (metric, value) in Names.Zip(values))
        {
            metrics[prefix + metric] = value;
        }
    }
}
