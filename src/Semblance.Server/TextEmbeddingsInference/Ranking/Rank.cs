namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents a text in the answer of <c>/rerank</c>.</summary>
/// <param name="Index">The index of the text.</param>
/// <param name="Text">The text; absent unless it was asked for.</param>
/// <param name="Score">The relevance.</param>
internal sealed record Rank(
    int Index, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text, float Score);
