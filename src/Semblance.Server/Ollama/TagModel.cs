namespace Semblance.Server.Ollama;

/// <summary>Represents a model in the answers of <c>/api/tags</c> and <c>/api/ps</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Model">The name.</param>
/// <param name="ModifiedAt">The time at which its files were written.</param>
/// <param name="Size">The size of its weights in bytes.</param>
/// <param name="Digest">A hash of its folder and the time of its files.</param>
/// <param name="Details">What the model is.</param>
/// <param name="Capabilities"><c>embedding</c>, if it computes vectors.</param>
internal sealed record TagModel(
    string Name, string Model, DateTimeOffset ModifiedAt, long Size, string Digest, ModelDetails Details, IReadOnlyList<string> Capabilities);
