namespace Semblance;

/// <summary>
/// Represents a search with several methods at once, such as by vectors and by words: each method finds candidates, and their hits are
/// fused (<see cref="Fusion"/>).
/// </summary>
public sealed class HybridSearch : IRetriever
{
    private readonly IReadOnlyList<IRetriever> _retrievers;
    private readonly HybridOptions _options;

    /// <summary>
    /// Initializes a new instance of the <see cref="HybridSearch"/> class that searches by the vectors of a model and by BM25.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The texts.</param>
    /// <param name="options">
    /// The fusion options; weights, if any, are those of vectors and words. <see langword="null"/> for the defaults.
    /// </param>
    /// <param name="encoding">The encoding options; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives progress after each batch of the corpus.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">An option is out of range or is not supported by the model.</exception>
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

    /// <summary>Initializes a new instance of the <see cref="HybridSearch"/> class from retrievers of one corpus.</summary>
    /// <param name="retrievers">The retrievers, whose indices refer to the same texts.</param>
    /// <param name="options">The fusion options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">There are no retrievers, their corpora differ in size, or an option is out of range.</exception>
    public HybridSearch(IReadOnlyList<IRetriever> retrievers, HybridOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(retrievers);
        (_retrievers, _options) = (retrievers, options ?? new HybridOptions());
        if (retrievers.Count == 0 || retrievers.Any(retriever => retriever.Count != retrievers[0].Count))
        {
            throw new ArgumentException(
                $"Retrievers of one corpus are needed; these have {string.Join(", ", retrievers.Select(retriever => retriever.Count))} " +
                "texts.", nameof(retrievers));
        }

        _options.Check(retrievers.Count);
    }

    /// <inheritdoc/>
    public int Count => _retrievers[0].Count;

    /// <inheritdoc/>
    /// <remarks>The scores are those of the fusion: by relative scores, from 0 to 1.</remarks>
    public SearchHit[][] Search(IReadOnlyList<string> queries, int topK, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        var found = _retrievers.Select(
            retriever => retriever.Search(queries, Math.Max(topK, _options.Candidates), cancellationToken)).ToArray();
        return [.. queries.Select(
            (_, query) => _options.Fuse([.. found.Select(hits => hits[query])], topK))];
    }
}
