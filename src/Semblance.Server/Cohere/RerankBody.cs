namespace Semblance.Server.Cohere;

/// <summary>Represents the body of a request to <c>/v2/rerank</c>.</summary>
internal sealed record RerankBody
{
    /// <summary>Gets the name of the model.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the query.</summary>
    public required string Query { get; init; }

    /// <summary>Gets the texts.</summary>
    public required IReadOnlyList<Reranking.DocumentText> Documents { get; init; }

    /// <summary>Gets the maximum number of results; <see langword="null"/> for all.</summary>
    public int? TopN { get; init; }
}
