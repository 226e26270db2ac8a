namespace Semblance.Server.Ollama;

/// <summary>Represents the answer of <c>/api/version</c>.</summary>
/// <param name="Version">The version of the server.</param>
internal sealed record VersionAnswer(string Version);
