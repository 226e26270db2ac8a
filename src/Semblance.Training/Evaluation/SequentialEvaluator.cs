namespace Semblance.Training;

/// <summary>Runs several evaluators, one after another.</summary>
/// <remarks>
/// Metrics: those of all evaluators, and <c>sequential_score</c>, by default the primary score of the last one. Primary:
/// <c>sequential_score</c>, or the metric whose full name is <see cref="Evaluator.PrimaryMetric"/>.
/// </remarks>
/// <param name="evaluators">The evaluators.</param>
/// <param name="mainScore">
/// Computes the <c>sequential_score</c> from the primary scores in order; <see langword="null"/> for the last score.
/// </param>
/// <param name="name">The prefix of the name of <c>sequential_score</c>.</param>
/// <exception cref="ArgumentException"><paramref name="evaluators"/> is empty.</exception>
public sealed class SequentialEvaluator(
    IReadOnlyList<Evaluator> evaluators, Func<IReadOnlyList<double>, double>? mainScore = null, string name = "") : Evaluator(name)
{
    private readonly IReadOnlyList<Evaluator> _evaluators = Checked(evaluators, nameof(evaluators));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Two evaluators have a metric of the same name.</exception>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default) =>
        All(evaluator => evaluator.Evaluate(model, cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Two evaluators have a metric of the same name.</exception>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default) =>
        All(evaluator => evaluator.Evaluate(model, cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Two evaluators have a metric of the same name.</exception>
    public override EvaluationResult Evaluate(MultiVectorEncoder model, CancellationToken cancellationToken = default) =>
        All(evaluator => evaluator.Evaluate(model, cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Two evaluators have a metric of the same name.</exception>
    public override EvaluationResult Evaluate(SparseEncoder model, CancellationToken cancellationToken = default) =>
        All(evaluator => evaluator.Evaluate(model, cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Two evaluators have a metric of the same name.</exception>
    public override EvaluationResult Evaluate(ITrainableModel model, CancellationToken cancellationToken = default) =>
        All(evaluator => evaluator.Evaluate(model, cancellationToken));

    private EvaluationResult All(Func<Evaluator, EvaluationResult> evaluate)
    {
        var metrics = new OrderedDictionary<string, double>();
        var scores = new List<double>();
        foreach (var evaluator in _evaluators)
        {
            var result = evaluate(evaluator);
            scores.Add(result.PrimaryScore);
            foreach (var (metric, value) in result.Metrics)
            {
                if (!metrics.TryAdd(metric, value))
                {
                    throw new InvalidOperationException($"Two evaluators have a metric '{metric}'; give each evaluator a name of its own.");
                }
            }
        }

        var primary = Name.Length == 0 ? "sequential_score" : $"{Name}_sequential_score";
        metrics[primary] = (mainScore ?? (all => all[^1]))(scores);
        return new EvaluationResult(metrics, PrimaryMetric ?? primary);
    }
}
