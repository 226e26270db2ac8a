namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents a label in the answer of <c>/predict</c>.</summary>
/// <param name="Score">The probability or the logit.</param>
/// <param name="Name">The name.</param>
internal sealed record Label(float Score, [property: JsonPropertyName("label")] string Name);
