using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>How often an anchor is more like its positive than like its negative. Anchors are encoded as queries, the others as documents.</summary>
/// <remarks>Metrics: <c>F_accuracy</c> for each similarity F, and of several the best as <c>max_accuracy</c>. Primary: the accuracy.</remarks>
/// <param name="anchors">The anchors.</param>
/// <param name="positives">A text close to each.</param>
/// <param name="negatives">A text farther from each.</param>
/// <param name="name">What is evaluated on.</param>
/// <exception cref="ArgumentException">The lists differ in length or are empty (<see cref="EvaluationDataException"/>).</exception>
public sealed class TripletEvaluator(
    IReadOnlyList<string> anchors, IReadOnlyList<string> positives, IReadOnlyList<string> negatives, string name = "") : Evaluator(name)
{
    private readonly IReadOnlyList<string> _anchors = Checked(anchors, nameof(anchors));
    private readonly IReadOnlyList<string> _positives = Checked(positives, anchors.Count, nameof(positives));
    private readonly IReadOnlyList<string> _negatives = Checked(negatives, anchors.Count, nameof(negatives));

    /// <summary>The similarities to evaluate; null for the model's own.</summary>
    public IReadOnlyList<SimilarityFunction>? Similarities { get; init; }

    /// <summary>By how much the positive must be more alike to count, in units of the similarity; 0 by default.</summary>
    public double Margin { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var anchors = model.EncodeQuery(_anchors, Encoding, null, cancellationToken).Vectors;
        var (positives, negatives) = (Documents(_positives), Documents(_negatives));
        var functions = Functions(Similarities, model);
        var metrics = new OrderedDictionary<string, double>();
        foreach (var function in functions)
        {
            var right = Pairwise(anchors, positives, function)
                .Zip(Pairwise(anchors, negatives, function))
                .Count(pair => pair.First > pair.Second + Margin);
            metrics[$"{function.Name()}_accuracy"] = (double)right / _anchors.Count;
        }

        AddBest(metrics, functions, ["accuracy"], (function, metric) => $"{function}_{metric}");
        return Result(metrics, $"{Main(functions)}_accuracy");

        Tensor Documents(IReadOnlyList<string> texts) => model.EncodeDocument(texts, Encoding, null, cancellationToken).Vectors;
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default)
    {
        var scores = Scores(model, _anchors.Zip(_positives).Concat(_anchors.Zip(_negatives)), cancellationToken);
        var right = Enumerable.Range(0, _anchors.Count).Count(i => scores[i] > scores[_anchors.Count + i] + Margin);
        return Result(new Dictionary<string, double> { ["accuracy"] = (double)right / _anchors.Count }, "accuracy");
    }
}
