using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Evaluates bitext matching: the fraction of texts whose most similar text in the other language, by cosine similarity, is the
/// translation.
/// </summary>
/// <remarks>Metrics: <c>src2trg_accuracy</c>, <c>trg2src_accuracy</c> and <c>mean_accuracy</c>. Primary: the mean.</remarks>
/// <param name="source">The texts of one language.</param>
/// <param name="target">The translations of the texts.</param>
/// <param name="name">The name of the data set, the prefix of the metrics.</param>
/// <exception cref="ArgumentException">The lists differ in length.</exception>
/// <exception cref="EvaluationDataException">There are fewer than two pairs.</exception>
public sealed class TranslationEvaluator(IReadOnlyList<string> source, IReadOnlyList<string> target, string name = "") : Evaluator(name)
{
    private static readonly SearchOptions Nearest = new() { TopK = 1 };

    private readonly IReadOnlyList<string> _source = Several(Checked(source, nameof(source)), nameof(source));
    private readonly IReadOnlyList<string> _target = Checked(target, source.Count, nameof(target));

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (source, target) = (Encode(model, _source, cancellationToken), Encode(model, _target, cancellationToken));
        var (there, back) = (Matched(source, target, cancellationToken), Matched(target, source, cancellationToken));
        var metrics = new OrderedDictionary<string, double>
        {
            ["src2trg_accuracy"] = there,
            ["trg2src_accuracy"] = back,
            ["mean_accuracy"] = (there + back) / 2,
        };
        return Result(metrics, "mean_accuracy");
    }

    private static IReadOnlyList<string> Several(IReadOnlyList<string> texts, string parameter) => texts.Count > 1
        ? texts
        : throw new EvaluationDataException("There is only one pair; at least two pairs are needed.", parameter);

    private static double Matched(Tensor queries, Tensor corpus, CancellationToken cancellationToken) =>
        (double)SemanticSearch.Search(queries, corpus, Nearest, null, cancellationToken)
            .Where((hits, i) => hits is [var nearest] && nearest.Index == i)
            .Count() / queries.Rows;
}
