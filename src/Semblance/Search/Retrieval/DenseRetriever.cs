using Semblance.Tensors;

namespace Semblance;

/// <summary>Search by meaning: the texts whose vectors are nearest to the query's, by comparing all of them (<see cref="SemanticSearch"/>).</summary>
public sealed class DenseRetriever : IRetriever
{
    private readonly Func<IReadOnlyList<string>, CancellationToken, Tensor> _encodeQueries;
    private readonly VectorMatrix _corpus;
    private readonly SearchOptions _options;

    /// <summary>Encodes a corpus, and queries as they come, each with the model's prompt for its kind.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The texts.</param>
    /// <param name="encoding">How to encode both; null for the defaults.</param>
    /// <param name="progress">Told after each batch of the corpus.</param>
    /// <param name="cancellationToken">Stops the encoding.</param>
    /// <exception cref="ArgumentException">An option does not fit the model, or a text is null.</exception>
    public DenseRetriever(
        SentenceTransformer model,
        IReadOnlyList<string> corpus,
        EncodeOptions? encoding = null,
        IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
        : this(
            (queries, cancelled) => Checked(model).EncodeQuery(queries, encoding, null, cancelled).Vectors,
            VectorMatrix.Of(Checked(model).EncodeDocument(corpus, encoding, progress, cancellationToken).Vectors),
            new SearchOptions { Similarity = model.Config.SimilarityFunction, MaxThreads = encoding?.MaxThreads ?? int.MaxValue })
    {
    }

    /// <summary>Searches vectors that are there already.</summary>
    /// <param name="encodeQueries">Turns queries into vectors, <c>[queries × dimensions]</c>.</param>
    /// <param name="corpus">The texts' vectors, in memory or in a mapped file, in any precision.</param>
    /// <param name="options">How to search; by cosine without. Its number of hits does not count.</param>
    public DenseRetriever(Func<IReadOnlyList<string>, CancellationToken, Tensor> encodeQueries, VectorMatrix corpus, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encodeQueries);
        ArgumentNullException.ThrowIfNull(corpus);
        (_encodeQueries, _corpus, _options) = (encodeQueries, corpus, options ?? new SearchOptions());
    }

    /// <inheritdoc/>
    public int Count => _corpus.Rows;

    /// <inheritdoc/>
    public SearchHit[][] Search(IReadOnlyList<string> queries, int topK, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return SemanticSearch.Search(_encodeQueries(queries, cancellationToken), _corpus, _options with { TopK = topK }, null, cancellationToken);
    }

    private static SentenceTransformer Checked(SentenceTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model;
    }
}
