namespace Semblance;

/// <summary>
/// Search in several ways at once, such as by meaning and by words: each finds candidates, and
/// <see cref="ReciprocalRankFusion"/> makes one ranking of them.
/// </summary>
public sealed class HybridSearch : IRetriever
{
    private readonly IReadOnlyList<IRetriever> _retrievers;
    private readonly HybridOptions _options;

    /// <summary>Searches a corpus by a model's vectors and by BM25.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The texts.</param>
    /// <param name="options">How to fuse; weights, if any, are of vectors and words. Null for the defaults.</param>
    /// <param name="encoding">How to encode; null for the defaults.</param>
    /// <param name="progress">Told after each batch of the corpus.</param>
    /// <param name="cancellationToken">Stops the encoding.</param>
    /// <exception cref="ArgumentException">An option is out of range or does not fit the model.</exception>
    public HybridSearch(
        SentenceTransformer model,
        IReadOnlyList<string> corpus,
        HybridOptions? options = null,
        EncodeOptions? encoding = null,
        IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
        : this([new DenseRetriever(model, corpus, encoding, progress, cancellationToken), new Bm25Index(corpus)], options)
    {
    }

    /// <summary>Searches one corpus with several retrievers.</summary>
    /// <param name="retrievers">What searches it, each by the same places.</param>
    /// <param name="options">How to fuse; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no retriever, they have corpora of different sizes, or an option is out of range.</exception>
    public HybridSearch(IReadOnlyList<IRetriever> retrievers, HybridOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(retrievers);
        (_retrievers, _options) = (retrievers, options ?? new HybridOptions());
        if (retrievers.Count == 0 || retrievers.Any(retriever => retriever.Count != retrievers[0].Count))
        {
            throw new ArgumentException(
                $"Retrievers of one corpus are needed; these have {string.Join(", ", retrievers.Select(retriever => retriever.Count))} texts.", nameof(retrievers));
        }

        _options.Check(retrievers.Count);
    }

    /// <inheritdoc/>
    public int Count => _retrievers[0].Count;

    /// <inheritdoc/>
    /// <remarks>Scores are those of the fusion: with two rankings and k = 60, at most 2 / 61.</remarks>
    public SearchHit[][] Search(IReadOnlyList<string> queries, int topK, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        var found = _retrievers.Select(retriever => retriever.Search(queries, Math.Max(topK, _options.Candidates), cancellationToken)).ToArray();
        return [.. queries.Select((_, query) => ReciprocalRankFusion.Fuse([.. found.Select(hits => hits[query])], topK, _options.K, _options.Weights))];
    }
}
