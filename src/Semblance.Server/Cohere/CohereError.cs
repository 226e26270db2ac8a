namespace Semblance.Server.Cohere;

/// <summary>Represents the body of an error.</summary>
/// <param name="Message">The sentence.</param>
internal sealed record CohereError(string Message);
