namespace Semblance.Server.Reranking;

/// <summary>Represents a ranked text.</summary>
/// <param name="Index">The index of the text.</param>
/// <param name="RelevanceScore">The relevance.</param>
/// <param name="Document">The text; absent unless it was asked for.</param>
internal sealed record RerankResult(
    int Index,
    float RelevanceScore,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DocumentText? Document);
