namespace Semblance.Server.Ollama;

/// <summary>Represents the answer of <c>/api/show</c>.</summary>
/// <param name="Details">What the model is.</param>
/// <param name="ModelInfo">The architecture, maximum length and dimension.</param>
/// <param name="Capabilities"><c>embedding</c>, if the model computes vectors.</param>
/// <param name="ModifiedAt">The time at which its files were written.</param>
internal sealed record ShowAnswer(
    ModelDetails Details, Dictionary<string, JsonElement> ModelInfo, IReadOnlyList<string> Capabilities, DateTimeOffset ModifiedAt);
