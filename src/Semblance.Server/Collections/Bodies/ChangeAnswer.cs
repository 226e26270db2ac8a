using Semblance.Server.OpenAI;

namespace Semblance.Server.Collections;

/// <summary>Represents the answer to a change of documents, which is durable.</summary>
/// <param name="Count">The number of documents that were written or deleted.</param>
/// <param name="Usage">The number of tokens; absent if no model computed.</param>
/// <param name="Truncated">The indices of the truncated texts; absent if there are none.</param>
internal sealed record ChangeAnswer(
    long Count,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TokenUsage? Usage,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Truncated);
