using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Evaluates retrieval: the ranking of relevant documents for queries by exact search over a corpus.</summary>
/// <remarks>
/// Metrics, for each similarity function F and each k: <c>F_accuracy@k</c>, <c>F_precision@k</c>, <c>F_recall@k</c>, <c>F_ndcg@k</c>,
/// <c>F_mrr@k</c> and
/// <c>F_map@k</c>, the means over all queries. Primary: NDCG at the largest k, of the similarity function where it is highest. The corpus
/// is encoded in
/// chunks, so memory does not grow with it. Documents with equal scores are ranked by id in ordinal order.
/// </remarks>
public sealed class InformationRetrievalEvaluator : Evaluator
{
    private readonly string[] _queries;
    private readonly string[] _corpus;
    private readonly HashSet<int>[] _relevant; // by query, the indices in the corpus
    private readonly int[] _relevantCounts; // with those missing from the corpus

    /// <summary>
    /// Initializes a new instance of the <see cref="InformationRetrievalEvaluator"/> class with queries, documents and relevance judgments.
    /// </summary>
    /// <param name="queries">The queries by id; those without a relevant document are skipped.</param>
    /// <param name="corpus">The documents by id.</param>
    /// <param name="relevant">The ids of the relevant documents by query id; documents missing from the corpus count as not found.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics.</param>
    /// <exception cref="EvaluationDataException">No query has a relevant document in the corpus.</exception>
    public InformationRetrievalEvaluator(
        IReadOnlyDictionary<string, string> queries, IReadOnlyDictionary<string, string> corpus,
        IReadOnlyDictionary<string, IReadOnlySet<string>> relevant, string name = "")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(relevant);
        var kept = queries.Where(query => relevant.TryGetValue(query.Key, out var ids) && ids.Count > 0).ToArray();
        // a search keeps this order among equal scores
        KeyValuePair<string, string>[] documents = [.. corpus.OrderBy(document => document.Key, StringComparer.Ordinal)];
        var places = documents.Select((document, place) => (document.Key, place)).ToDictionary(
            document => document.Key, document => document.place);
        _queries = Array.ConvertAll(kept, query => query.Value);
        _corpus = Array.ConvertAll(documents, document => document.Value);
        _relevant = Array.ConvertAll(kept, query => relevant[query.Key].Where(places.ContainsKey).Select(id => places[id]).ToHashSet());
        _relevantCounts = Array.ConvertAll(kept, query => relevant[query.Key].Count);
        if (_relevant.All(documents => documents.Count == 0))
        {
            throw new EvaluationDataException(
                $"None of the {queries.Count} queries has a relevant document among the {corpus.Count} of the corpus; "
                + "at least one is needed. Check that the ids match.",
                nameof(relevant));
        }
    }

    /// <summary>Gets the values of k for accuracy. The default is 1, 3, 5 and 10.</summary>
    public IReadOnlyList<int> AccuracyAtK { get; init; } = [1, 3, 5, 10];

    /// <summary>Gets the values of k for precision and recall. The default is 1, 3, 5 and 10.</summary>
    public IReadOnlyList<int> PrecisionRecallAtK { get; init; } = [1, 3, 5, 10];

    /// <summary>Gets the values of k for NDCG. The default is 10.</summary>
    public IReadOnlyList<int> NdcgAtK { get; init; } = [10];

    /// <summary>Gets the values of k for the mean reciprocal rank. The default is 10.</summary>
    public IReadOnlyList<int> MrrAtK { get; init; } = [10];

    /// <summary>Gets the values of k for the mean average precision. The default is 100.</summary>
    public IReadOnlyList<int> MapAtK { get; init; } = [100];

    /// <summary>Gets the similarity functions to evaluate; <see langword="null"/> for that of the model.</summary>
    public IReadOnlyList<SimilarityFunction>? Similarities { get; init; }

    /// <summary>Gets the prompt of each query; <see langword="null"/> for the model's query prompt.</summary>
    public string? QueryPrompt { get; init; }

    /// <summary>Gets the prompt of each document; <see langword="null"/> for the model's document prompt.</summary>
    public string? CorpusPrompt { get; init; }

    /// <summary>
    /// Gets the number of documents to encode and compare at a time, which does not affect the metrics. The default is 50,000.
    /// </summary>
    public int CorpusChunkSize { get; init; } = 50_000;

    /// <summary>
    /// Gets the number of documents per query that BM25 finds for a cross-encoder, at least the largest k. The default is 100.
    /// </summary>
    public int Candidates { get; init; } = RetrieveAndRerank.DefaultCandidates;

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(CorpusChunkSize, 1);
        var functions = Functions(Similarities, model.Config);
        var found = Search(model, functions, cancellationToken);
        var metrics = new OrderedDictionary<string, double>();
        foreach (var (function, hits) in functions.Zip(found))
        {
            AddMetrics(metrics, function.Name(), hits);
        }

        var primary = functions.Select(function => $"{function.Name()}_ndcg@{NdcgAtK.Max()}").MaxBy(metric => metrics[metric])!;
        return Result(metrics, primary);
    }

    /// <summary>
    /// Evaluates a late-interaction model by exact search; F in the names of the metrics is <c>maxsim</c>, or <c>meanmaxsim</c>.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public override EvaluationResult Evaluate(MultiVectorEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(CorpusChunkSize, 1);
        var queries = model.EncodeQuery(_queries, TokenEncoding(QueryPrompt), null, cancellationToken).Vectors;
        var best = Array.ConvertAll(_queries, _ => Array.Empty<SearchHit>());
        for (var first = 0; first < _corpus.Length; first += CorpusChunkSize)
        {
            var chunk = new ArraySegment<string>(_corpus, first, Math.Min(CorpusChunkSize, _corpus.Length - first));
            var documents = model.EncodeDocument(chunk, TokenEncoding(CorpusPrompt), null, cancellationToken).Vectors;
            var scores = MaxSim.Matrix(queries, documents, model.Config.IsMean, Encoding.MaxThreads, cancellationToken);
            AddHits(best, scores, first);
        }

        var method = model.Config.IsMean ? "meanmaxsim" : "maxsim";
        var metrics = new OrderedDictionary<string, double>();
        AddMetrics(metrics, method, best);
        return Result(metrics, $"{method}_ndcg@{NdcgAtK.Max()}");
    }

    /// <summary>
    /// Evaluates a sparse encoder by exact search; the metrics include the mean number of nonzero elements of the vectors,
    /// <c>query_active_dims</c> and <c>corpus_active_dims</c>.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public override EvaluationResult Evaluate(SparseEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(CorpusChunkSize, 1);
        var functions = Functions(Similarities, model.Config);
        var queries = model.EncodeQuery(_queries, SparseEncoding(QueryPrompt), null, cancellationToken);
        var documents = new List<SparseVector>();
        for (var first = 0; first < _corpus.Length; first += CorpusChunkSize)
        {
            var chunk = new ArraySegment<string>(_corpus, first, Math.Min(CorpusChunkSize, _corpus.Length - first));
            documents.AddRange(model.EncodeDocument(chunk, SparseEncoding(CorpusPrompt), null, cancellationToken));
        }

        var metrics = new OrderedDictionary<string, double>();
        foreach (var function in functions)
        {
            var best = Array.ConvertAll(_queries, _ => Array.Empty<SearchHit>());
            AddHits(best, SparseSimilarity.Matrix(queries, documents, function), 0);
            AddMetrics(metrics, function.Name(), best);
        }

        AddSparsity(metrics, "query_", [.. queries]);
        AddSparsity(metrics, "corpus_", documents);
        return Result(metrics, functions.Select(function => $"{function.Name()}_ndcg@{NdcgAtK.Max()}").MaxBy(metric => metrics[metric])!);
    }

    /// <summary>
    /// Evaluates a cross-encoder by the documents that BM25 finds for each query (<see cref="Candidates"/>), reranked; the names of the
    /// metrics have no F.
    /// </summary>
    /// <param name="model">The model, with one label.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">The model has several labels.</exception>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var retriever = new RetrieveAndRerank(new Bm25Index(_corpus), _corpus, model, Predicting) { Candidates = Candidates };
        var metrics = new OrderedDictionary<string, double>();
        AddMetrics(metrics, "", retriever.Search(_queries, LargestK, cancellationToken));
        return Result(metrics, $"ndcg@{NdcgAtK.Max()}");
    }

    /// <summary>Evaluates any retrieval method on the same queries and documents.</summary>
    /// <param name="retriever">Creates the retriever over the documents.</param>
    /// <param name="method">The name of the method, F in the names of the metrics.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public EvaluationResult Evaluate(
        Func<IReadOnlyList<string>, IRetriever> retriever, string method, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        ArgumentException.ThrowIfNullOrEmpty(method);
        var metrics = new OrderedDictionary<string, double>();
        AddMetrics(metrics, method, retriever(_corpus).Search(_queries, LargestK, cancellationToken));
        return Result(metrics, $"{method}_ndcg@{NdcgAtK.Max()}");
    }

    /// <summary>Evaluates BM25 as a baseline on the same queries and documents; F in the names of the metrics is <c>bm25</c>.</summary>
    /// <param name="options">The parameters of BM25; <see langword="null"/> for the defaults.</param>
    public EvaluationResult EvaluateBm25(Bm25Options? options = null) => Evaluate(corpus => new Bm25Index(corpus, options), "bm25");

    private int LargestK => new[] { AccuracyAtK, PrecisionRecallAtK, NdcgAtK, MrrAtK, MapAtK }.Max(atK => atK.Max());

    // Returns the best hits for each function and each query.
    private SearchHit[][][] Search(
        SentenceTransformer model, IReadOnlyList<SimilarityFunction> functions, CancellationToken cancellationToken)
    {
        var queries = model.EncodeQuery(
            _queries, Encoding with { Prompt = QueryPrompt ?? Encoding.Prompt }, null, cancellationToken).Vectors;
        var best = functions.Select(_ => Array.ConvertAll(_queries, _ => Array.Empty<SearchHit>())).ToArray();
        for (var first = 0; first < _corpus.Length; first += CorpusChunkSize)
        {
            var chunk = new ArraySegment<string>(_corpus, first, Math.Min(CorpusChunkSize, _corpus.Length - first));
            var documents = model.EncodeDocument(
                chunk, Encoding with { Prompt = CorpusPrompt ?? Encoding.Prompt }, null, cancellationToken).Vectors;
            foreach (var (function, hits) in functions.Zip(best))
            {
                var options = new SearchOptions { TopK = LargestK, Similarity = function };
                var more = SemanticSearch.Search(queries, documents, options, null, cancellationToken);
                for (var i = 0; i < hits.Length; i++)
                {
                    var later = more[i].Select(hit => hit with { Index = first + hit.Index });
                    // stable: keeps the order of equal scores
                    hits[i] = [.. hits[i].Concat(later).OrderByDescending(hit => hit.Score).Take(options.TopK)];
                }
            }
        }

        return best;
    }

    // Keeps the best of some hits and of further documents, whose scores are the columns.
    private void AddHits(SearchHit[][] best, Tensor scores, int first)
    {
        for (var i = 0; i < best.Length; i++)
        {
            var later = scores.Row(i).ToArray().Select((score, document) => new SearchHit(first + document, score));
            best[i] = [.. best[i].Concat(later).OrderByDescending(hit => hit.Score).Take(LargestK)]; // stable, as above
        }
    }

    private void AddMetrics(OrderedDictionary<string, double> metrics, string function, SearchHit[][] hits)
    {
        var prefix = function.Length == 0 ? "" : $"{function}_";
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
                metrics[$"{prefix}{metric}@{k}"] = rankings.Select((ranking, i) => measure(ranking, k, _relevantCounts[i])).Average();
            }
        }
    }
}
