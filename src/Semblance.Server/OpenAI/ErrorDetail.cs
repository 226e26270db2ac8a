namespace Semblance.Server.OpenAI;

/// <summary>Represents an error.</summary>
/// <param name="Message">The sentence.</param>
/// <param name="Type">The kind of error.</param>
/// <param name="Param">The member of the request; <see langword="null"/> for none.</param>
/// <param name="Code">The code; <see langword="null"/> for none.</param>
internal sealed record ErrorDetail(string Message, string Type, string? Param, string? Code);
