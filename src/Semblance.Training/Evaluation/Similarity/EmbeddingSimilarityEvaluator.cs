namespace Semblance.Training;

/// <summary>
/// Evaluates semantic textual similarity: the Pearson and Spearman correlation of the similarities of pairs with human scores (for the
/// choice of
/// Spearman see Reimers, Beyer and Gurevych 2016, C16-1009).
/// </summary>
/// <remarks>
/// Metrics: <c>pearson_F</c> and <c>spearman_F</c> for each similarity function F; with several functions, also the best as <c>max</c>.
/// Primary: Spearman.
/// </remarks>
/// <param name="sentences1">The first text of each pair.</param>
/// <param name="sentences2">The second text of each pair.</param>
/// <param name="scores">The gold similarity scores, on any scale.</param>
/// <param name="name">The name of the data set, the prefix of the metrics.</param>
/// <exception cref="ArgumentException">The lists differ in length, or a score is not finite.</exception>
/// <exception cref="EvaluationDataException">All scores are equal.</exception>
public sealed class EmbeddingSimilarityEvaluator(
    IReadOnlyList<string> sentences1, IReadOnlyList<string> sentences2, IReadOnlyList<double> scores, string name = "") : Evaluator(name)
{
    private readonly IReadOnlyList<string> _sentences1 = Checked(sentences1, nameof(sentences1));
    private readonly IReadOnlyList<string> _sentences2 = Checked(sentences2, sentences1.Count, nameof(sentences2));
    private readonly double[] _scores = Varied(Checked(scores, sentences1.Count, nameof(scores)), nameof(scores));

    /// <summary>Gets the similarity functions to evaluate; <see langword="null"/> for that of the model.</summary>
    public IReadOnlyList<SimilarityFunction>? Similarities { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (a, b) = (Encode(model, _sentences1, cancellationToken), Encode(model, _sentences2, cancellationToken));
        var functions = Functions(Similarities, model.Config);
        return Result(Correlations(functions, function => Pairwise(a, b, function)), $"spearman_{Main(functions)}");
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SparseEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var a = model.Encode(_sentences1, SparseEncoding(), null, cancellationToken);
        var b = model.Encode(_sentences2, SparseEncoding(), null, cancellationToken);
        var functions = Functions(Similarities, model.Config);
        var metrics = Correlations(functions, function => Pairwise(a, b, function));
        AddSparsity(metrics, "", [.. a, .. b]);
        return Result(metrics, $"spearman_{Main(functions)}");
    }

    /// <summary>Evaluates any other similarity of two texts, such as a baseline.</summary>
    /// <param name="similarity">Computes the similarity of two texts, a finite number.</param>
    /// <param name="function">The name of the similarity, F in the names of the metrics.</param>
    public EvaluationResult Evaluate(Func<string, string, double> similarity, string function)
    {
        ArgumentNullException.ThrowIfNull(similarity);
        return Correlated([.. _sentences1.Zip(_sentences2, similarity)], "_" + function);
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default) =>
        Correlated(Scores(model, _sentences1.Zip(_sentences2), cancellationToken), "");

    private OrderedDictionary<string, double> Correlations(
        IReadOnlyList<SimilarityFunction> functions, Func<SimilarityFunction, double[]> similaritiesOf)
    {
        var metrics = new OrderedDictionary<string, double>();
        foreach (var function in functions)
        {
            var similarities = similaritiesOf(function);
            metrics[$"pearson_{function.Name()}"] = Correlation.Pearson(_scores, similarities);
            metrics[$"spearman_{function.Name()}"] = Correlation.Spearman(_scores, similarities);
        }

        AddBest(metrics, functions, ["pearson", "spearman"], (function, metric) => $"{metric}_{function}");
        return metrics;
    }

    private EvaluationResult Correlated(double[] similarities, string ending)
    {
        var metrics = new OrderedDictionary<string, double>
        {
            ["pearson" + ending] = Correlation.Pearson(_scores, similarities),
            ["spearman" + ending] = Correlation.Spearman(_scores, similarities),
        };
        return Result(metrics, "spearman" + ending);
    }

    private static double[] Varied(IReadOnlyList<double> scores, string parameter) =>
        !scores.All(double.IsFinite) ? throw new ArgumentException($"One of the {scores.Count} scores is not finite.", parameter)
            : scores.Distinct().Count() > 1 ? [.. scores]
            : throw new EvaluationDataException(
                $"The {scores.Count} scores are all the same, so a correlation is undefined; at least two pairs with different scores are "
                + "needed. Check the column of the scores.",
                parameter);
}
