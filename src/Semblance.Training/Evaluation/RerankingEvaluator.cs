namespace Semblance.Training;

/// <summary>How well a few given texts are ranked for each question.</summary>
/// <remarks>
/// Metrics: <c>map</c>, <c>mrr@k</c> and <c>ndcg@k</c>, the means over all questions. Primary: <c>ndcg@k</c>. Where scores are
/// equal, the texts that do not answer come first, so that a model that cannot tell gains nothing. Questions without a
/// positive or without a negative text are left out.
/// </remarks>
public sealed class RerankingEvaluator : Evaluator
{
    private readonly RerankingSample[] _samples;

    /// <summary>Takes questions with their texts.</summary>
    /// <param name="samples">The questions.</param>
    /// <param name="name">What is evaluated on.</param>
    /// <exception cref="EvaluationDataException">No question has both positive and negative texts.</exception>
    public RerankingEvaluator(IReadOnlyList<RerankingSample> samples, string name = "")
        : base(name)
    {
        _samples = [.. Checked(samples, nameof(samples)).Where(sample => sample.Positive.Count > 0 && sample.Negative.Count > 0)];
        if (_samples.Length == 0)
        {
            throw new EvaluationDataException($"None of the {samples.Count} questions has both a positive and a negative text; at least one is needed that has.", nameof(samples));
        }
    }

    /// <summary>How many places count for MRR and NDCG; 10 by default.</summary>
    public int AtK { get; init; } = 10;

    /// <summary>How to compare; null for the model's own way.</summary>
    public SimilarityFunction? Similarity { get; init; }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var function = Similarity ?? model.Config.SimilarityFunction;
        var queries = model.EncodeQuery([.. _samples.Select(sample => sample.Query)], Encoding, null, cancellationToken);
        var documents = model.EncodeDocument([.. _samples.SelectMany(sample => sample.Positive.Concat(sample.Negative))], Encoding, null, cancellationToken);
        return Ranked((sample, document) => Semblance.Similarity.Of(queries[sample], documents[document], function));
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default)
    {
        var scores = Scores(model, _samples.SelectMany(sample => sample.Positive.Concat(sample.Negative), (sample, text) => (sample.Query, text)), cancellationToken);
        return Ranked((_, document) => scores[document]);
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

            var ranking = Enumerable.Range(0, count).OrderByDescending(j => scores[j]).ThenBy(j => relevant[j]).Select(j => relevant[j]).ToArray();
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
