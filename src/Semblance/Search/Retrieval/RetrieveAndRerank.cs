namespace Semblance;

/// <summary>
/// Represents a search in two stages: a fast retriever finds candidates, and a model that reads query and text together reranks them.
/// </summary>
public sealed class RetrieveAndRerank : IRetriever
{
    /// <summary>The default number of candidates.</summary>
    public const int DefaultCandidates = 100;

    private readonly IRetriever _retriever;
    private readonly IReadOnlyList<string> _corpus;
    private readonly Func<string, IReadOnlyList<string>, CancellationToken, RankedDocument[]> _rank;

    /// <summary>Initializes a new instance of the <see cref="RetrieveAndRerank"/> class that reranks with a cross-encoder.</summary>
    /// <param name="retriever">The retriever that finds the candidates.</param>
    /// <param name="corpus">The texts that the retriever searches, in the same order.</param>
    /// <param name="reranker">The cross-encoder, which has one label.</param>
    /// <param name="options">The prediction options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The corpus does not have as many texts as the retriever, or the model has several labels.
    /// </exception>
    public RetrieveAndRerank(IRetriever retriever, IReadOnlyList<string> corpus, CrossEncoder reranker, PredictOptions? options = null)
        : this(retriever, corpus, (query, texts, cancellationToken) => reranker.Rank(query, texts, null, options, null, cancellationToken))
    {
        ArgumentNullException.ThrowIfNull(reranker);
        if (reranker.Labels.Count != 1)
        {
            throw new ArgumentException(
                $"The model has {reranker.Labels.Count} labels ({string.Join(", ", reranker.Labels)}), so no score ranks the texts; use " +
                "a model with one label.",
                nameof(reranker));
        }
    }

    /// <summary>
    /// Initializes a new instance of the <see cref="RetrieveAndRerank"/> class that reranks with a late-interaction model.
    /// </summary>
    /// <inheritdoc cref="RetrieveAndRerank(IRetriever, IReadOnlyList{string}, CrossEncoder, PredictOptions?)"/>
    /// <param name="retriever">The retriever that finds the candidates.</param>
    /// <param name="corpus">The texts that the retriever searches, in the same order.</param>
    /// <param name="reranker">The model.</param>
    /// <param name="options">The encoding options; <see langword="null"/> for the defaults.</param>
    public RetrieveAndRerank(
        IRetriever retriever, IReadOnlyList<string> corpus, MultiVectorEncoder reranker, MultiVectorEncodeOptions? options = null)
        : this(
            retriever, corpus, (query, texts, cancellationToken) => reranker.Rank(query, texts, null, options, null, cancellationToken)) =>
        ArgumentNullException.ThrowIfNull(reranker);

    private RetrieveAndRerank(
        IRetriever retriever, IReadOnlyList<string> corpus, Func<string, IReadOnlyList<string>, CancellationToken, RankedDocument[]> rank)
    {
        ArgumentNullException.ThrowIfNull(retriever);
        ArgumentNullException.ThrowIfNull(corpus);
        if (retriever.Count != corpus.Count)
        {
            throw new ArgumentException(
                $"There are {corpus.Count} texts, and the retriever searches {retriever.Count}; both must have the same ones.",
                nameof(corpus));
        }

        (_retriever, _corpus, _rank) = (retriever, corpus, rank);
    }

    /// <summary>Gets the number of candidates per query, at least as many as requested hits; 100 by default.</summary>
    public int Candidates { get; init; } = DefaultCandidates;

    /// <summary>
    /// Gets the weight of the retriever's scores when they are fused with the model's, whose weight is 1
    /// (<see cref="RelativeScoreFusion"/>); 0 by default: the model alone orders the candidates.
    /// </summary>
    /// <remarks>A small model that ranks no better than the retriever still improves its ranking, if their errors differ.</remarks>
    public double RetrieverWeight { get; init; }

    /// <inheritdoc/>
    public int Count => _corpus.Count;

    /// <inheritdoc/>
    /// <remarks>
    /// Only candidates become hits. The scores are those of the reranking model, or of the fusion if the retriever has a weight.
    /// </remarks>
    public SearchHit[][] Search(IReadOnlyList<string> queries, int topK, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        double[] weights = [RetrieverWeight, 1];
        RelativeScoreFusion.Check(weights.Length, weights);
        var candidates = _retriever.Search(queries, Math.Max(topK, Candidates), cancellationToken);
        return [.. candidates.Select((hits, query) =>
        {
            var ranked = Rerank(queries[query], hits, cancellationToken);
            return RetrieverWeight == 0
                ? ranked[..Math.Min(topK, ranked.Length)]
                : RelativeScoreFusion.Fuse([hits, ranked], topK, weights);
        })];
    }

    // In the order of indices, not of the first stage, so that hits with equal scores are ordered by index.
    private SearchHit[] Rerank(string query, SearchHit[] hits, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int[] places = [.. hits.Select(hit => hit.Index).Order()];
        var ranked = _rank(query, [.. places.Select(place => _corpus[place])], cancellationToken);
        return [.. ranked.Select(document => new SearchHit(places[document.Index], document.Score))];
    }
}
