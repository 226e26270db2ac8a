using Semblance.Server.OpenAI;

namespace Semblance.Server.Reranking;

/// <summary>Represents the answer of <c>/v1/rerank</c>.</summary>
/// <param name="Id">The id of the request.</param>
/// <param name="Object"><c>list</c>.</param>
/// <param name="Model">The name of the model.</param>
/// <param name="Usage">The number of tokens.</param>
/// <param name="Results">The results, best first.</param>
/// <param name="Truncated">The indices of the truncated texts, an extension; absent if there are none.</param>
internal sealed record RerankAnswer(
    string Id,
    string Object,
    string Model,
    TokenUsage Usage,
    IReadOnlyList<RerankResult> Results,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Truncated);
