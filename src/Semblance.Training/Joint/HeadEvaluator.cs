namespace Semblance.Training;

/// <summary>Evaluates one head of a <see cref="JointModel"/> with the evaluator of its kind.</summary>
/// <param name="head">The name of the head.</param>
/// <param name="evaluator">The evaluator, whose metrics are returned.</param>
public sealed class HeadEvaluator(string head, Evaluator evaluator) : Evaluator(evaluator?.Name ?? "")
{
    private readonly Evaluator _evaluator = evaluator ?? throw new ArgumentNullException(nameof(evaluator));

    /// <summary>Gets the name of the head.</summary>
    public string Head { get; } = head ?? throw new ArgumentNullException(nameof(head));

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always, because the model has no heads.</exception>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(
            $"{nameof(HeadEvaluator)} needs a {nameof(JointModel)}, and the model is a {nameof(SentenceTransformer)}.");

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The model is no joint model, or has no such head.</exception>
    public override EvaluationResult Evaluate(ITrainableModel model, CancellationToken cancellationToken = default) =>
        model is JointModel joint && joint.Heads.TryGetValue(Head, out var own)
            ? _evaluator.Evaluate(own, cancellationToken)
            : throw new ArgumentException($"{model} has no head '{Head}'.", nameof(model));
}
