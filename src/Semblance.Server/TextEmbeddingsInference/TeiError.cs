namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the body of an error.</summary>
/// <param name="Error">The sentence.</param>
/// <param name="ErrorType">The kind of error.</param>
internal sealed record TeiError(string Error, string ErrorType);
