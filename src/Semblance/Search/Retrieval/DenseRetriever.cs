using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Represents a search by embeddings: exact search for the vectors nearest to the query's (<see cref="SemanticSearch"/>).
/// </summary>
public sealed class DenseRetriever : IRetriever
{
    private readonly Func<IReadOnlyList<string>, CancellationToken, Tensor> _encodeQueries;
    private readonly VectorMatrix _corpus;
    private readonly SearchOptions _options;

    /// <summary>Encodes a corpus and, at each search, the queries, each with the model's prompt for its kind.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The texts.</param>
    /// <param name="encoding">The encoding options of both; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives progress after each batch of the corpus.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">An option is not supported by the model, or a text is null.</exception>
    public DenseRetriever(
        SentenceTransformer model,
        IReadOnlyList<string> corpus,
        EncodeOptions? encoding = null,
        IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
        : this(
            (queries, canceled) => Checked(model).EncodeQuery(queries, encoding, null, canceled).Vectors,
            VectorMatrix.Of(Checked(model).EncodeDocument(corpus, encoding, progress, cancellationToken).Vectors),
            new SearchOptions { Similarity = model.Config.SimilarityFunction, MaxThreads = encoding?.MaxThreads ?? int.MaxValue })
    {
    }

    /// <summary>Initializes a new instance of the <see cref="DenseRetriever"/> class from encoded vectors.</summary>
    /// <param name="encodeQueries">The function that encodes queries as <c>[queries × dimensions]</c>.</param>
    /// <param name="corpus">The vectors of the texts, in memory or memory-mapped, in any precision.</param>
    /// <param name="options">The search options, cosine similarity by default; <see cref="SearchOptions.TopK"/> is ignored.</param>
    public DenseRetriever(
        Func<IReadOnlyList<string>, CancellationToken, Tensor> encodeQueries, VectorMatrix corpus, SearchOptions? options = null)
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
        return SemanticSearch.Search(
            _encodeQueries(queries, cancellationToken), _corpus, _options with { TopK = topK }, null, cancellationToken);
    }

    private static SentenceTransformer Checked(SentenceTransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model;
    }
}
