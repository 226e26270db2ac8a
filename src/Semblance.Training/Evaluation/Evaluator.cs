using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Measures the quality of a model on a task. The names and definitions of the metrics are those of sentence-transformers.
/// </summary>
/// <param name="name">The name of the data set, such as <c>sts-dev</c>, the prefix of the metrics; empty for none.</param>
public abstract class Evaluator(string name)
{
    private static readonly SimilarityFunction[] NoneNamed = [];

    // What names of metrics have beside the metric: cosine_ndcg@10, spearman_cosine.
    private static readonly string[] FunctionNames =
        [.. Enum.GetValues<SimilarityFunction>().Select(function => function.Name()), "max", "maxsim", "meanmaxsim"];

    /// <summary>Gets the name of the data set.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>Gets the encoding options, such as the dimensions, the prompt and the number of threads.</summary>
    public EncodeOptions Encoding { get; init; } = EncodeOptions.Default;

    /// <summary>
    /// Gets the metric by which models are compared, without the name of the data set and of the similarity function, such as
    /// <c>ndcg@10</c> or <c>accuracy</c>; <see langword="null"/>, the default, for the primary metric of the evaluator.
    /// </summary>
    public string? PrimaryMetric { get; init; }

    /// <summary>Evaluates a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public abstract EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default);

    /// <summary>
    /// Evaluates a cross-encoder on the same task with its scores of pairs; the names of the metrics have no similarity function.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="NotSupportedException">The task needs sentence embeddings.</exception>
    public virtual EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(
            $"{GetType().Name} needs sentence embeddings, which a cross-encoder does not produce; use an evaluator of pairs, scores, "
            + "labels, triplets or rankings.");

    /// <summary>
    /// Evaluates a late-interaction model on the same task with its scores (<see cref="MaxSim"/>) of queries and documents.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="NotSupportedException">The task needs sentence embeddings.</exception>
    public virtual EvaluationResult Evaluate(MultiVectorEncoder model, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(
            $"{GetType().Name} needs sentence embeddings, which a multi-vector encoder does not produce; use an evaluator of triplets, "
            + "rankings or retrieval.");

    /// <summary>
    /// Evaluates a sparse encoder on the same task; the metrics include the mean number of nonzero elements of its vectors,
    /// <c>active_dims</c>, and the share of the others, <c>sparsity_ratio</c>.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="NotSupportedException">The task needs dense vectors.</exception>
    public virtual EvaluationResult Evaluate(SparseEncoder model, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException(
            $"{GetType().Name} needs dense vectors, which a sparse encoder does not produce; use an evaluator of scores, triplets, "
            + "rankings or retrieval.");

    /// <summary>Evaluates a model of any type that the evaluator supports.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="NotSupportedException">The task needs sentence embeddings, which the model does not produce.</exception>
    public virtual EvaluationResult Evaluate(ITrainableModel model, CancellationToken cancellationToken = default) => model switch
    {
        SentenceTransformer encoder => Evaluate(encoder, cancellationToken),
        CrossEncoder crossEncoder => Evaluate(crossEncoder, cancellationToken),
        MultiVectorEncoder multiVector => Evaluate(multiVector, cancellationToken),
        SparseEncoder sparse => Evaluate(sparse, cancellationToken),
        _ => throw new ArgumentException($"A model of the type {model?.GetType().Name ?? "null"} cannot be evaluated.", nameof(model)),
    };

    /// <summary>Gets the prediction options for a cross-encoder.</summary>
    public PredictOptions Predicting { get; init; } = PredictOptions.Default;

    /// <summary>Returns the scores of pairs from a cross-encoder with one label.</summary>
    private protected double[] Scores(
        CrossEncoder model, IEnumerable<(string Text, string Pair)> pairs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Labels.Count == 1
            ? [.. model.Predict([.. pairs], Predicting, null, cancellationToken).Scores.Values.ToArray().Select(score => (double)score)]
            : throw new ArgumentException(
                $"The model has {model.Labels.Count} labels, so it has no single score for a pair; use a model with one label, "
                + $"or {nameof(LabelAccuracyEvaluator)}.",
                nameof(model));
    }

    /// <summary>Returns the encoding options for a late-interaction model.</summary>
    private protected MultiVectorEncodeOptions TokenEncoding(string? prompt = null) => new()
    {
        Adapter = Encoding.Adapter,
        Prompt = prompt ?? Encoding.Prompt,
        PromptName = Encoding.PromptName,
        Route = Encoding.Route,
        Truncation = Encoding.Truncation,
        BatchTokens = Encoding.BatchTokens,
        MaxThreads = Encoding.MaxThreads,
    };

    /// <summary>Returns the encoding options for a sparse encoder.</summary>
    private protected SparseEncodeOptions SparseEncoding(string? prompt = null) => new()
    {
        Adapter = Encoding.Adapter,
        Prompt = prompt ?? Encoding.Prompt,
        PromptName = Encoding.PromptName,
        Route = Encoding.Route,
        Truncation = Encoding.Truncation,
        BatchTokens = Encoding.BatchTokens,
        MaxThreads = Encoding.MaxThreads,
    };

    /// <summary>Adds how sparse the vectors of some texts are, under the names of sentence-transformers.</summary>
    private protected static void AddSparsity(
        OrderedDictionary<string, double> metrics, string prefix, IReadOnlyCollection<SparseVector> vectors)
    {
        var active = vectors.Average(vector => (double)vector.ActiveDimensions);
        metrics[$"{prefix}active_dims"] = active;
        metrics[$"{prefix}sparsity_ratio"] = 1 - (active / vectors.First().Dimension);
    }

    private protected Tensor Encode(SentenceTransformer model, IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        model.Encode(texts, Encoding, null, cancellationToken).Vectors;

    /// <exception cref="EvaluationDataException">A metric is not a number.</exception>
    /// <exception cref="ArgumentException">There is no metric <see cref="PrimaryMetric"/>.</exception>
    private protected EvaluationResult Result(IReadOnlyDictionary<string, double> metrics, string primaryMetric)
    {
        if (metrics.FirstOrDefault(metric => double.IsNaN(metric.Value)).Key is { } undefined)
        {
            throw new EvaluationDataException(
                $"The metric '{undefined}' is undefined for these rows and this model; more distinct rows and finite embeddings are "
                + "needed.");
        }

        var prefix = Name.Length == 0 ? "" : Name + "_";
        return new(
            new OrderedDictionary<string, double>(metrics.Select(metric => KeyValuePair.Create(prefix + metric.Key, metric.Value))),
            prefix + (PrimaryMetric is null ? primaryMetric : Find(PrimaryMetric, metrics)));
    }

    // Of several similarity functions, the best counts.
    private static string Find(string metric, IReadOnlyDictionary<string, double> metrics) =>
        FunctionNames.SelectMany(function => (string[])[$"{function}_{metric}", $"{metric}_{function}"]).Prepend(metric)
            .Where(metrics.ContainsKey).MaxBy(name => metrics[name])
        ?? throw new ArgumentException(
            $"There is no metric '{metric}'; the metrics are {string.Join(", ", metrics.Keys)}.", nameof(metric));

    /// <summary>Returns the requested similarity functions, or that of the model.</summary>
    private protected static IReadOnlyList<SimilarityFunction> Functions(
        IReadOnlyList<SimilarityFunction>? asked, SentenceTransformerConfig config) =>
        (asked ?? NoneNamed) is { Count: > 0 } functions ? functions : [config.SimilarityFunction];

    /// <summary>Adds the best value of each metric as <c>max</c> if there are several functions.</summary>
    private protected static void AddBest(
        OrderedDictionary<string, double> metrics, IReadOnlyList<SimilarityFunction> functions, IEnumerable<string> names,
        Func<string, string, string> join)
    {
        if (functions.Count > 1)
        {
            foreach (var metric in names)
            {
                metrics[join("max", metric)] = functions.Max(function => metrics[join(function.Name(), metric)]);
            }
        }
    }

    /// <summary>Returns the name of the primary metric's function: that of the only one, or <c>max</c>.</summary>
    private protected static string Main(IReadOnlyList<SimilarityFunction> functions) => functions.Count > 1 ? "max" : functions[0].Name();

    private protected static double[] Pairwise(Tensor a, Tensor b, SimilarityFunction function) =>
        Array.ConvertAll(Semblance.Similarity.Pairwise(a, b, function), score => (double)score);

    private protected static double[] Pairwise(
        IReadOnlyList<SparseVector> a, IReadOnlyList<SparseVector> b, SimilarityFunction function) =>
        Array.ConvertAll(SparseSimilarity.Pairwise(a, b, function), score => (double)score);

    private protected static IReadOnlyList<T> Checked<T>(IReadOnlyList<T> items, string parameter) => items switch
    {
        null => throw new ArgumentNullException(parameter),
        { Count: 0 } => throw new EvaluationDataException("The list is empty; at least one row is needed.", parameter),
        _ => items,
    };

    private protected static IReadOnlyList<T> Checked<T>(IReadOnlyList<T> items, int count, string parameter) =>
        Checked(items, parameter).Count == count
            ? items
            : throw new ArgumentException(
                $"The list has {items.Count} elements, but the first list has {count}; the lists must have the same length.", parameter);
}
