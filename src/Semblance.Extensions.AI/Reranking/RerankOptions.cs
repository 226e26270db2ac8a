namespace Semblance.Extensions.AI;

/// <summary>Provides the options of a request to an <see cref="IReranker"/>.</summary>
public record RerankOptions
{
    /// <summary>Gets the maximum number of documents to return; <see langword="null"/>, the default, for all.</summary>
    public int? TopN { get; init; }

    /// <summary>Gets the least score of a document to return; <see langword="null"/>, the default, for no limit.</summary>
    public double? ScoreThreshold { get; init; }

    /// <summary>Gets the name of the model; <see langword="null"/> for that of the reranker. Another name is an error.</summary>
    public string? ModelId { get; init; }
}
