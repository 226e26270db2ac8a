namespace Semblance.Server.Collections;

/// <summary>Represents documents to delete.</summary>
internal sealed record DeleteBody
{
    /// <summary>Gets the ids.</summary>
    public required IReadOnlyList<VectorId> Ids { get; init; }
}
