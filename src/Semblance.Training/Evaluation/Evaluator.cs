using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Measures how good a model is at a task. Names and definitions of the metrics are those of sentence-transformers.</summary>
/// <param name="name">What is evaluated on, such as <c>sts-dev</c>: each metric's name begins with it. Empty for none.</param>
public abstract class Evaluator(string name)
{
    private static readonly SimilarityFunction[] NoneNamed = [];

    /// <summary>What is evaluated on.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>How texts are encoded: cut to fewer dimensions, with a prompt, on fewer threads.</summary>
    public EncodeOptions Encoding { get; init; } = EncodeOptions.Default;

    /// <summary>Evaluates a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    public abstract EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default);

    /// <summary>Evaluates a cross-encoder: the same task by the scores of pairs, its metrics without the name of a similarity.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    /// <exception cref="NotSupportedException">The task needs sentence vectors.</exception>
    public virtual EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{GetType().Name} needs sentence vectors, and a cross-encoder has none; evaluate it by pairs, scores, classes, triplets or rankings.");

    /// <summary>Evaluates a model of either kind.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    /// <exception cref="NotSupportedException">The task needs sentence vectors, and the model has none.</exception>
    public EvaluationResult Evaluate(ITrainableModel model, CancellationToken cancellationToken = default) => model switch
    {
        SentenceTransformer encoder => Evaluate(encoder, cancellationToken),
        CrossEncoder crossEncoder => Evaluate(crossEncoder, cancellationToken),
        _ => throw new ArgumentException($"A model of the type {model?.GetType().Name ?? "null"} cannot be evaluated.", nameof(model)),
    };

    /// <summary>How a cross-encoder predicts; its own way by default.</summary>
    public PredictOptions Predicting { get; init; } = PredictOptions.Default;

    /// <summary>The scores of pairs from a cross-encoder with one label.</summary>
    private protected double[] Scores(CrossEncoder model, IEnumerable<(string Text, string Pair)> pairs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Labels.Count == 1
            ? [.. model.Predict([.. pairs], Predicting, null, cancellationToken).Scores.Values.ToArray().Select(score => (double)score)]
            : throw new ArgumentException($"The model has {model.Labels.Count} labels, so no score says how well two texts go together; use one with one label, or {nameof(LabelAccuracyEvaluator)}.", nameof(model));
    }

    private protected Tensor Encode(SentenceTransformer model, IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        model.Encode(texts, Encoding, null, cancellationToken).Vectors;

    /// <exception cref="EvaluationDataException">A metric is not a number.</exception>
    private protected EvaluationResult Result(IReadOnlyDictionary<string, double> metrics, string primaryMetric)
    {
        if (metrics.FirstOrDefault(metric => double.IsNaN(metric.Value)).Key is { } undefined)
        {
            throw new EvaluationDataException($"The metric '{undefined}' is not defined on these rows and this model; more rows that differ are needed, and vectors that are finite.");
        }

        var prefix = Name.Length == 0 ? "" : Name + "_";
        return new(new OrderedDictionary<string, double>(metrics.Select(metric => KeyValuePair.Create(prefix + metric.Key, metric.Value))), prefix + primaryMetric);
    }

    /// <summary>The functions that were asked for, or the model's own.</summary>
    private protected static IReadOnlyList<SimilarityFunction> Functions(IReadOnlyList<SimilarityFunction>? asked, SentenceTransformer model) =>
        (asked ?? NoneNamed) is { Count: > 0 } functions ? functions : [model.Config.SimilarityFunction];

    /// <summary>Adds, where several functions were used, the best value of each metric under the name <c>max</c>.</summary>
    private protected static void AddBest(
        OrderedDictionary<string, double> metrics, IReadOnlyList<SimilarityFunction> functions, IEnumerable<string> names, Func<string, string, string> join)
    {
        if (functions.Count > 1)
        {
            foreach (var metric in names)
            {
                metrics[join("max", metric)] = functions.Max(function => metrics[join(function.Name(), metric)]);
            }
        }
    }

    /// <summary>The name under which the primary metric stands: the only function's, or <c>max</c>.</summary>
    private protected static string Main(IReadOnlyList<SimilarityFunction> functions) => functions.Count > 1 ? "max" : functions[0].Name();

    private protected static double[] Pairwise(Tensor a, Tensor b, SimilarityFunction function) =>
        Array.ConvertAll(Semblance.Similarity.Pairwise(a, b, function), score => (double)score);

    private protected static IReadOnlyList<T> Checked<T>(IReadOnlyList<T> items, string parameter) => items switch
    {
        null => throw new ArgumentNullException(parameter),
        { Count: 0 } => throw new EvaluationDataException("There is nothing to evaluate on: the list is empty, and at least one row is needed.", parameter),
        _ => items,
    };

    private protected static IReadOnlyList<T> Checked<T>(IReadOnlyList<T> items, int count, string parameter) => Checked(items, parameter).Count == count
        ? items
        : throw new ArgumentException($"There are {items.Count} of these, but {count} of the first; each row needs one of each.", parameter);
}
