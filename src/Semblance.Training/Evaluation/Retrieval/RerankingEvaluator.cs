namespace Semblance.Training;

/// <summary>Evaluates the ranking of a few given texts for each query.</summary>
/// <remarks>
/// Metrics: <c>map</c>, <c>mrr@k</c> and <c>ndcg@k</c>, the means over all queries. Primary: <c>ndcg@k</c>. Among equal scores, negatives
/// are ranked
/// first, so that a model with constant scores gains nothing. Queries without a positive or without a negative are skipped.
/// </remarks>
public sealed class RerankingEvaluator : Evaluator
{
    private readonly RerankingSample[] _samples;

    /// <summary>Initializes a new instance of the <see cref="RerankingEvaluator"/> class with queries and their texts.</summary>
    /// <param name="samples">The queries with their texts.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics.</param>
    /// <exception cref="EvaluationDataException">No query has both positive and negative texts.</exception>
    public RerankingEvaluator(IReadOnlyList<RerankingSample> samples, string name = "")
        : base(name)
    {
        _samples = [.. Checked(samples, nameof(samples)).Where(sample => sample.Positive.Count > 0 && sample.Negative.Count > 0)];
        if (_samples.Length == 0)
        {
            throw new EvaluationDataException(
                $"None of the {samples.Count} queries has both a positive and a negative text; at least one such query is needed.",
                nameof(samples));
        }
    }

    /// <summary>Gets the number of ranks that count for MRR and NDCG. The default is 10.</summary>
    public int AtK { get; init; } = 10;

    /// <summary>Gets the similarity function; <see langword="null"/> for that of the model.</summary>
    public SimilarityFunction? Similarity { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var function = Similarity ?? model.Config.SimilarityFunction;
        var queries = model.EncodeQuery([.. _samples.Select(sample => sample.Query)], Encoding, null, cancellationToken);
        var documents = model.EncodeDocument(
            [.. _samples.SelectMany(sample => sample.Positive.Concat(sample.Negative))], Encoding, null, cancellationToken);
        return Ranked((sample, document) => Semblance.Similarity.Of(queries[sample], documents[document], function));
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default)
    {
        var scores = Scores(
            model, _samples.SelectMany(sample => sample.Positive.Concat(sample.Negative), (sample, text) => (sample.Query, text)),
            cancellationToken);
        return Ranked((_, document) => scores[document]);
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(MultiVectorEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var queries = model.EncodeQuery([.. _samples.Select(sample => sample.Query)], TokenEncoding(), null, cancellationToken);
        var documents = model.EncodeDocument(
            [.. _samples.SelectMany(sample => sample.Positive.Concat(sample.Negative))], TokenEncoding(), null, cancellationToken);
        return Ranked((sample, document) => MaxSim.Of(queries[sample], documents[document], model.Config.IsMean));
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SparseEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var function = Similarity ?? model.Config.SimilarityFunction;
        var queries = model.EncodeQuery([.. _samples.Select(sample => sample.Query)], SparseEncoding(), null, cancellationToken);
        var documents = model.EncodeDocument(
            [.. _samples.SelectMany(sample => sample.Positive.Concat(sample.Negative))], SparseEncoding(), null, cancellationToken);
        return Ranked((sample, document) => SparseSimilarity.Of(queries[sample], documents[document], function));
    }

    private EvaluationResult Ranked(Func<int, int, double> scoreOf)
    {
        double ap = 0, rr = 0, ndcg = 0;
        for (int i = 0, document = 0; i < _samples.Length; i++)
        {
            var (positives, count) = (_samples[i].Positive.Count, _samples[i].Positive.Count + _samples[i].Negative.Count);
            var (scores, relevant) = (new double[count], new bool[count]);
            relevant.AsSpan(0, positives).Fill(true);
            for (var j = 0; j < count; j++)
            {
                scores[j] = scoreOf(i, document++);
            }

            var ranking = Enumerable.Range(0, count)
                .OrderByDescending(j => scores[j])
                .ThenBy(j => relevant[j])
                .Select(j => relevant[j])
                .ToArray();
            ap += BinaryClassification.AveragePrecision(scores, relevant);
            rr += Ranking.ReciprocalRankAt(ranking, AtK);
            ndcg += Ranking.NdcgAt(scores, relevant, AtK);
        }

        var metrics = new OrderedDictionary<string, double>
        {
            ["map"] = ap / _samples.Length,
            [$"mrr@{AtK}"] = rr / _samples.Length,
            [$"ndcg@{AtK}"] = ndcg / _samples.Length,
        };
        return Result(metrics, $"ndcg@{AtK}");
    }
}
