using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Evaluates triplets: the fraction of anchors that are more similar to the positive than to the negative. Anchors are encoded as queries,
/// the others
/// as documents.
/// </summary>
/// <remarks>
/// Metrics: <c>F_accuracy</c> for each similarity function F; with several functions, also the best as <c>max_accuracy</c>. Primary: the
/// accuracy.
/// </remarks>
/// <param name="anchors">The anchors.</param>
/// <param name="positives">The positive of each anchor.</param>
/// <param name="negatives">The negative of each anchor.</param>
/// <param name="name">The name of the data set, the prefix of the metrics.</param>
/// <exception cref="ArgumentException">The lists differ in length or are empty (<see cref="EvaluationDataException"/>).</exception>
public sealed class TripletEvaluator(
    IReadOnlyList<string> anchors, IReadOnlyList<string> positives, IReadOnlyList<string> negatives, string name = "") : Evaluator(name)
{
    private readonly IReadOnlyList<string> _anchors = Checked(anchors, nameof(anchors));
    private readonly IReadOnlyList<string> _positives = Checked(positives, anchors.Count, nameof(positives));
    private readonly IReadOnlyList<string> _negatives = Checked(negatives, anchors.Count, nameof(negatives));

    /// <summary>Gets the similarity functions to evaluate; <see langword="null"/> for that of the model.</summary>
    public IReadOnlyList<SimilarityFunction>? Similarities { get; init; }

    /// <summary>Gets the margin by which the positive must be more similar than the negative. The default is 0.</summary>
    public double Margin { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var anchors = model.EncodeQuery(_anchors, Encoding, null, cancellationToken).Vectors;
        var (positives, negatives) = (Documents(_positives), Documents(_negatives));
        var functions = Functions(Similarities, model.Config);
        var metrics = Accuracies(
            functions, function => (Pairwise(anchors, positives, function), Pairwise(anchors, negatives, function)));
        return Result(metrics, $"{Main(functions)}_accuracy");

        Tensor Documents(IReadOnlyList<string> texts) => model.EncodeDocument(texts, Encoding, null, cancellationToken).Vectors;
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SparseEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var anchors = model.EncodeQuery(_anchors, SparseEncoding(), null, cancellationToken);
        var (positives, negatives) = (Documents(_positives), Documents(_negatives));
        var functions = Functions(Similarities, model.Config);
        var metrics = Accuracies(
            functions, function => (Pairwise(anchors, positives, function), Pairwise(anchors, negatives, function)));
        AddSparsity(metrics, "", [.. anchors, .. positives, .. negatives]);
        return Result(metrics, $"{Main(functions)}_accuracy");

        SparseEmbeddings Documents(IReadOnlyList<string> texts) => model.EncodeDocument(texts, SparseEncoding(), null, cancellationToken);
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default)
    {
        var scores = Scores(model, _anchors.Zip(_positives).Concat(_anchors.Zip(_negatives)), cancellationToken);
        return Accuracy(i => scores[i] > scores[_anchors.Count + i] + Margin);
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(MultiVectorEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var anchors = model.EncodeQuery(_anchors, TokenEncoding(), null, cancellationToken);
        var documents = model.EncodeDocument([.. _positives, .. _negatives], TokenEncoding(), null, cancellationToken);
        return Accuracy(i => Score(i, i) > Score(i, _anchors.Count + i) + Margin);

        float Score(int anchor, int document) => MaxSim.Of(anchors[anchor], documents[document], model.Config.IsMean);
    }

    private OrderedDictionary<string, double> Accuracies(
        IReadOnlyList<SimilarityFunction> functions, Func<SimilarityFunction, (double[] Positives, double[] Negatives)> similaritiesOf)
    {
        var metrics = new OrderedDictionary<string, double>();
        foreach (var function in functions)
        {
            var (positives, negatives) = similaritiesOf(function);
            metrics[$"{function.Name()}_accuracy"] =
                (double)positives.Zip(negatives).Count(pair => pair.First > pair.Second + Margin) / _anchors.Count;
        }

        AddBest(metrics, functions, ["accuracy"], (function, metric) => $"{function}_{metric}");
        return metrics;
    }

    private EvaluationResult Accuracy(Func<int, bool> isRight) => Result(
        new Dictionary<string, double> { ["accuracy"] = (double)Enumerable.Range(0, _anchors.Count).Count(isRight) / _anchors.Count },
        "accuracy");
}
