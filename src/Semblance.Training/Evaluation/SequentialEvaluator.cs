namespace Semblance.Training;

/// <summary>Several evaluators, one after another.</summary>
/// <remarks>Metrics: those of all, and <c>sequential_score</c>, by default the last one's primary metric; this is the primary one.</remarks>
/// <param name="evaluators">The evaluators.</param>
/// <param name="mainScore">From the primary scores, in order, to the one that models are compared by; null for the last.</param>
/// <param name="name">What the <c>sequential_score</c>'s name begins with.</param>
/// <exception cref="ArgumentException">There is no evaluator.</exception>
public sealed class SequentialEvaluator(
    IReadOnlyList<Evaluator> evaluators, Func<IReadOnlyList<double>, double>? mainScore = null, string name = "") : Evaluator(name)
{
    private readonly IReadOnlyList<Evaluator> _evaluators = Checked(evaluators, nameof(evaluators));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Two evaluators have a metric of the same name.</exception>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default) => All(evaluator => evaluator.Evaluate(model, cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Two evaluators have a metric of the same name.</exception>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default) => All(evaluator => evaluator.Evaluate(model, cancellationToken));

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
        return new EvaluationResult(metrics, primary);
    }
}
