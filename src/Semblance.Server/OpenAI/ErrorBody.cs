namespace Semblance.Server.OpenAI;

/// <summary>Represents the body of an error.</summary>
/// <param name="Error">The error.</param>
internal sealed record ErrorBody(ErrorDetail Error);
