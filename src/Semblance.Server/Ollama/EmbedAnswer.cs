namespace Semblance.Server.Ollama;

/// <summary>Represents the answer of <c>/api/embed</c>.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Embeddings">The vectors.</param>
/// <param name="TotalDuration">The duration in nanoseconds.</param>
/// <param name="LoadDuration">The time in which the model was loaded, in nanoseconds.</param>
/// <param name="PromptEvalCount">The number of tokens.</param>
/// <param name="Truncated">The indices of the truncated texts, an extension; absent if there are none.</param>
internal sealed record EmbedAnswer(
    string Model,
    IReadOnlyList<float[]> Embeddings,
    long TotalDuration,
    long LoadDuration,
    long PromptEvalCount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<int>? Truncated);
