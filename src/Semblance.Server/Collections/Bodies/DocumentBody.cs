namespace Semblance.Server.Collections;

/// <summary>Represents a document.</summary>
internal sealed record DocumentBody
{
    /// <summary>Gets the id.</summary>
    public required VectorId Id { get; init; }

    /// <summary>Gets the text.</summary>
    public required string Text { get; init; }

    /// <summary>Gets the labels.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
