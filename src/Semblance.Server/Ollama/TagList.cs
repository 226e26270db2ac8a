namespace Semblance.Server.Ollama;

/// <summary>Represents the answer of <c>/api/tags</c> and <c>/api/ps</c>.</summary>
/// <param name="Models">The models.</param>
internal sealed record TagList(IReadOnlyList<TagModel> Models);
