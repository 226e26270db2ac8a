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
    /// <param name="cancellation">Stops between two operations.</param>
    public abstract EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellation = default);

    private protected Tensor Encode(SentenceTransformer model, IReadOnlyList<string> texts, CancellationToken cancellation) =>
        model.Encode(texts, Encoding, null, cancellation).Vectors;

    private protected EvaluationResult Result(IReadOnlyDictionary<string, double> metrics, string primaryMetric)
    {
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
        { Count: 0 } => throw new ArgumentException("There is nothing to evaluate on: the list is empty.", parameter),
        _ => items,
    };

    private protected static IReadOnlyList<T> Checked<T>(IReadOnlyList<T> items, int count, string parameter) => Checked(items, parameter).Count == count
        ? items
        : throw new ArgumentException($"There are {items.Count} of these, but {count} of the first; each row needs one of each.", parameter);
}
