namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the body of a request to <c>/rerank</c>.</summary>
internal sealed record RerankRequest : TeiRequest
{
    /// <summary>Gets the query.</summary>
    public required string Query { get; init; }

    /// <summary>Gets the texts.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>Gets a value that indicates whether scores are logits.</summary>
    public bool RawScores { get; init; }

    /// <summary>Gets a value that indicates whether the answer has the texts.</summary>
    public bool ReturnText { get; init; }
}
