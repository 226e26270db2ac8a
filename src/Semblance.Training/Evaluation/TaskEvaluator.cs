namespace Semblance.Training;

/// <summary>Provides the common base of the evaluators of one kind of task model.</summary>
/// <typeparam name="TModel">The type of the models.</typeparam>
/// <param name="name">The name of the data set, the prefix of the metrics; empty for none.</param>
public abstract class TaskEvaluator<TModel>(string name) : Evaluator(name)
    where TModel : class, ITrainableModel
{
    /// <summary>Evaluates a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public abstract EvaluationResult Evaluate(TModel model, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always, because sentence embeddings have no head for the task.</exception>
    public sealed override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(
            $"{GetType().Name} needs a {typeof(TModel).Name}, and the model is a {nameof(SentenceTransformer)}.");

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The model is of another type.</exception>
    public sealed override EvaluationResult Evaluate(ITrainableModel model, CancellationToken cancellationToken = default) =>
        model is TModel task ? Evaluate(task, cancellationToken) : throw new ArgumentException(
            $"{GetType().Name} needs a {typeof(TModel).Name}, and the model is a {model?.GetType().Name ?? "null"}.", nameof(model));
}
