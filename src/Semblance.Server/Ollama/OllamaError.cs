namespace Semblance.Server.Ollama;

/// <summary>Represents the body of an error.</summary>
/// <param name="Error">The sentence.</param>
internal sealed record OllamaError(string Error);
