namespace Semblance.Server.Collections;

/// <summary>Represents documents to add or replace.</summary>
internal sealed record UpsertBody
{
    /// <summary>Gets the documents.</summary>
    public required IReadOnlyList<DocumentBody> Documents { get; init; }
}
