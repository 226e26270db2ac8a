namespace Semblance.Server.OpenAI;

/// <summary>Represents the answer to a request for embeddings.</summary>
/// <param name="Object"><c>list</c>.</param>
/// <param name="Data">The vectors, in the order of the texts.</param>
/// <param name="Model">The name of the model.</param>
/// <param name="Usage">The number of tokens.</param>
/// <param name="Truncated">The indices of the truncated texts, an extension; absent if there are none.</param>
internal sealed record EmbeddingsResponse(
    string Object,
    IReadOnlyList<EmbeddingItem> Data,
    string Model,
    TokenUsage Usage,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Truncated);
