namespace Semblance.Training;

/// <summary>Search: how well the documents that answer a question are found in a corpus, by comparing with all of it.</summary>
/// <remarks>
/// Metrics, for each similarity F and each k: <c>F_accuracy@k</c>, <c>F_precision@k</c>, <c>F_recall@k</c>,
/// <c>F_ndcg@k</c>, <c>F_mrr@k</c>, <c>F_map@k</c>, the means over all questions. Primary: NDCG at the largest k, of the
/// similarity where it is best. The corpus is encoded in parts, so memory does not grow with it. Of documents with equal scores, the one whose id is
/// first in ordinal order comes first.
/// </remarks>
public sealed class InformationRetrievalEvaluator : Evaluator
{
    private readonly string[] _queries;
    private readonly string[] _corpus;
    private readonly HashSet<int>[] _relevant; // by query, the places in the corpus
    private readonly int[] _relevantCounts; // with those that the corpus lacks

    /// <summary>Takes questions, documents and which of these answer which of those.</summary>
    /// <param name="queries">The questions by id; those without a relevant document are left out.</param>
    /// <param name="corpus">The documents by id.</param>
    /// <param name="relevant">For the ids of questions, the ids of the documents that answer them; those missing from the corpus count as not found.</param>
    /// <param name="name">What is evaluated on.</param>
    /// <exception cref="EvaluationDataException">No question has a relevant document in the corpus.</exception>
    public InformationRetrievalEvaluator(
        IReadOnlyDictionary<string, string> queries, IReadOnlyDictionary<string, string> corpus, IReadOnlyDictionary<string, IReadOnlySet<string>> relevant, string name = "")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(relevant);
        var kept = queries.Where(query => relevant.TryGetValue(query.Key, out var ids) && ids.Count > 0).ToArray();
        KeyValuePair<string, string>[] documents = [.. corpus.OrderBy(document => document.Key, StringComparer.Ordinal)]; // among equal scores a search keeps this order
        var places = documents.Select((document, place) => (document.Key, place)).ToDictionary(document => document.Key, document => document.place);
        _queries = Array.ConvertAll(kept, query => query.Value);
        _corpus = Array.ConvertAll(documents, document => document.Value);
        _relevant = Array.ConvertAll(kept, query => relevant[query.Key].Where(places.ContainsKey).Select(id => places[id]).ToHashSet());
        _relevantCounts = Array.ConvertAll(kept, query => relevant[query.Key].Count);
        if (_relevant.All(documents => documents.Count == 0))
        {
            throw new EvaluationDataException(
                $"None of the {queries.Count} questions has a relevant document among the {corpus.Count} of the corpus, and at least one is needed; are the ids the same in all three?", nameof(relevant));
        }
    }

    /// <summary>The k of accuracy; 1, 3, 5 and 10 by default.</summary>
    public IReadOnlyList<int> AccuracyAtK { get; init; } = [1, 3, 5, 10];

    /// <summary>The k of precision and recall; 1, 3, 5 and 10 by default.</summary>
    public IReadOnlyList<int> PrecisionRecallAtK { get; init; } = [1, 3, 5, 10];

    /// <summary>The k of NDCG; 10 by default.</summary>
    public IReadOnlyList<int> NdcgAtK { get; init; } = [10];

    /// <summary>The k of the mean reciprocal rank; 10 by default.</summary>
    public IReadOnlyList<int> MrrAtK { get; init; } = [10];

    /// <summary>The k of the mean average precision; 100 by default.</summary>
    public IReadOnlyList<int> MapAtK { get; init; } = [100];

    /// <summary>The similarities to evaluate; null for the model's own.</summary>
    public IReadOnlyList<SimilarityFunction>? Similarities { get; init; }

    /// <summary>A text to put before each question; null for the model's prompt for questions.</summary>
    public string? QueryPrompt { get; init; }

    /// <summary>A text to put before each document; null for the model's prompt for documents.</summary>
    public string? CorpusPrompt { get; init; }

    /// <summary>How many documents are encoded and compared at a time; 50,000 by default. The metrics do not depend on it.</summary>
    public int CorpusChunkSize { get; init; } = 50_000;

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(CorpusChunkSize, 1);
        var functions = Functions(Similarities, model);
        var found = Search(model, functions, cancellationToken);
        var metrics = new OrderedDictionary<string, double>();
        foreach (var (function, hits) in functions.Zip(found))
        {
            AddMetrics(metrics, function.Name(), hits);
        }

        var primary = functions.Select(function => $"{function.Name()}_ndcg@{NdcgAtK.Max()}").MaxBy(metric => metrics[metric])!;
        return Result(metrics, primary);
    }

    /// <summary>Evaluates any way to search, on the same questions and documents.</summary>
    /// <param name="retriever">Makes what searches the documents.</param>
    /// <param name="method">What it is called: F in the metrics' names.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    public EvaluationResult Evaluate(Func<IReadOnlyList<string>, IRetriever> retriever, string method, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        ArgumentException.ThrowIfNullOrEmpty(method);
        var metrics = new OrderedDictionary<string, double>();
        AddMetrics(metrics, method, retriever(_corpus).Search(_queries, LargestK, cancellationToken));
        return Result(metrics, $"{method}_ndcg@{NdcgAtK.Max()}");
    }

    /// <summary>Evaluates BM25, the usual baseline, on the same questions and documents; F in the metrics' names is <c>bm25</c>.</summary>
    /// <param name="options">Its constants; the usual ones without.</param>
    public EvaluationResult EvaluateBm25(Bm25Options? options = null) => Evaluate(corpus => new Bm25Index(corpus, options), "bm25");

    private int LargestK => new[] { AccuracyAtK, PrecisionRecallAtK, NdcgAtK, MrrAtK, MapAtK }.Max(atK => atK.Max());

    // For each function and each question the best hits.
    private SearchHit[][][] Search(SentenceTransformer model, IReadOnlyList<SimilarityFunction> functions, CancellationToken cancellationToken)
    {
        var queries = model.EncodeQuery(_queries, Encoding with { Prompt = QueryPrompt ?? Encoding.Prompt }, null, cancellationToken).Vectors;
        var best = functions.Select(_ => Array.ConvertAll(_queries, _ => Array.Empty<SearchHit>())).ToArray();
        for (var first = 0; first < _corpus.Length; first += CorpusChunkSize)
        {
            var chunk = new ArraySegment<string>(_corpus, first, Math.Min(CorpusChunkSize, _corpus.Length - first));
            var documents = model.EncodeDocument(chunk, Encoding with { Prompt = CorpusPrompt ?? Encoding.Prompt }, null, cancellationToken).Vectors;
            foreach (var (function, hits) in functions.Zip(best))
            {
                var options = new SearchOptions { TopK = LargestK, Similarity = function };
                var more = SemanticSearch.Search(queries, documents, options, null, cancellationToken);
                for (var i = 0; i < hits.Length; i++)
                {
                    var later = more[i].Select(hit => hit with { Index = first + hit.Index });
                    hits[i] = [.. hits[i].Concat(later).OrderByDescending(hit => hit.Score).Take(options.TopK)]; // stable: the earlier first among equals
                }
            }
        }

        return best;
    }

    private void AddMetrics(OrderedDictionary<string, double> metrics, string function, SearchHit[][] hits)
    {
        var rankings = hits.Zip(_relevant, (found, relevant) => Array.ConvertAll(found, hit => relevant.Contains(hit.Index))).ToArray();
        Add("accuracy", AccuracyAtK, (ranking, k, _) => Ranking.AccuracyAt(ranking, k));
        Add("precision", PrecisionRecallAtK, (ranking, k, _) => Ranking.PrecisionAt(ranking, k));
        Add("recall", PrecisionRecallAtK, (ranking, k, relevant) => Ranking.RecallAt(ranking, k, relevant));
        Add("ndcg", NdcgAtK, (ranking, k, relevant) => Ranking.NdcgAt(ranking, k, relevant));
        Add("mrr", MrrAtK, (ranking, k, _) => Ranking.ReciprocalRankAt(ranking, k));
        Add("map", MapAtK, (ranking, k, relevant) => Ranking.AveragePrecisionAt(ranking, k, relevant));

        void Add(string metric, IReadOnlyList<int> atK, Func<bool[], int, int, double> measure)
        {
            foreach (var k in atK)
            {
                metrics[$"{function}_{metric}@{k}"] = rankings.Select((ranking, i) => measure(ranking, k, _relevantCounts[i])).Average();
            }
        }
    }
}
