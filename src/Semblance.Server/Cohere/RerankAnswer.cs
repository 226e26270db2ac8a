namespace Semblance.Server.Cohere;

/// <summary>Represents the answer of <c>/v2/rerank</c>.</summary>
/// <param name="Id">The id of the request.</param>
/// <param name="Results">The results, best first.</param>
/// <param name="Meta">What the request cost.</param>
internal sealed record RerankAnswer(string Id, IReadOnlyList<Reranking.RerankResult> Results, CohereMeta Meta);
