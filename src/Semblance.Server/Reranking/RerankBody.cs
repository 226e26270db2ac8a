namespace Semblance.Server.Reranking;

/// <summary>Represents the body of a request to <c>/v1/rerank</c>, as Jina, vLLM, Infinity, LocalAI and llama.cpp have it.</summary>
internal sealed record RerankBody
{
    /// <summary>Gets the name of the model; <see langword="null"/> for the first one that reranks.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the query.</summary>
    public required string Query { get; init; }

    /// <summary>Gets the texts.</summary>
    public required IReadOnlyList<DocumentText> Documents { get; init; }

    /// <summary>Gets the maximum number of results; 0 or <see langword="null"/> for all.</summary>
    public int? TopN { get; init; }

    /// <summary>Gets a value that indicates whether the results have the texts; <see langword="true"/> by default.</summary>
    public bool? ReturnDocuments { get; init; }

    /// <summary>Gets a value that indicates whether scores are those of the model.</summary>
    public bool RawScores { get; init; }

    /// <summary>Gets the treatment of long texts, an extension: <see langword="false"/> makes them errors.</summary>
    public bool? Truncate { get; init; }
}
