namespace Semblance.Training;

/// <summary>
/// Semantic textual similarity: the correlation of the similarities of pairs with people's scores, Pearson's and
/// Spearman's (Reimers, Beyer and Gurevych 2016, C16-1009, say why Spearman's is the one to compare by).
/// </summary>
/// <remarks>Metrics: <c>pearson_F</c>, <c>spearman_F</c> for each similarity F, and of several the best as <c>max</c>. Primary: Spearman's.</remarks>
/// <param name="sentences1">One text of each pair.</param>
/// <param name="sentences2">The other.</param>
/// <param name="scores">How alike they are, on any scale.</param>
/// <param name="name">What is evaluated on.</param>
/// <exception cref="ArgumentException">The lists differ in length, or a score is not finite.</exception>
/// <exception cref="EvaluationDataException">There are not two pairs with different scores.</exception>
public sealed class EmbeddingSimilarityEvaluator(
    IReadOnlyList<string> sentences1, IReadOnlyList<string> sentences2, IReadOnlyList<double> scores, string name = "") : Evaluator(name)
{
    private readonly IReadOnlyList<string> _sentences1 = Checked(sentences1, nameof(sentences1));
    private readonly IReadOnlyList<string> _sentences2 = Checked(sentences2, sentences1.Count, nameof(sentences2));
    private readonly double[] _scores = Varied(Checked(scores, sentences1.Count, nameof(scores)), nameof(scores));

    /// <summary>The similarities to evaluate; null for the model's own.</summary>
    public IReadOnlyList<SimilarityFunction>? Similarities { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (a, b) = (Encode(model, _sentences1, cancellationToken), Encode(model, _sentences2, cancellationToken));
        var functions = Functions(Similarities, model);
        var metrics = new OrderedDictionary<string, double>();
        foreach (var function in functions)
        {
            var similarities = Pairwise(a, b, function);
            metrics[$"pearson_{function.Name()}"] = Correlation.Pearson(_scores, similarities);
            metrics[$"spearman_{function.Name()}"] = Correlation.Spearman(_scores, similarities);
        }

        AddBest(metrics, functions, ["pearson", "spearman"], (function, metric) => $"{metric}_{function}");
        return Result(metrics, $"spearman_{Main(functions)}");
    }

    /// <summary>Evaluates any other way to compare two texts, such as a baseline.</summary>
    /// <param name="similarity">How alike two texts are, a finite number.</param>
    /// <param name="function">What it is called: F in the metrics' names.</param>
    public EvaluationResult Evaluate(Func<string, string, double> similarity, string function)
    {
        ArgumentNullException.ThrowIfNull(similarity);
        return Correlated([.. _sentences1.Zip(_sentences2, similarity)], "_" + function);
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default) => Correlated(Scores(model, _sentences1.Zip(_sentences2), cancellationToken), "");

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
            : throw new EvaluationDataException($"The {scores.Count} scores are all the same, so nothing correlates with them; at least two pairs with different scores are needed. Are they from the right column?", parameter);
}
