namespace Semblance;

/// <summary>Vectors with one of some ids.</summary>
/// <param name="Allowed">The ids.</param>
public sealed record IdFilter(IReadOnlySet<VectorId> Allowed) : VectorFilter
{
    internal override bool Matches(StoredRecord record) => Allowed.Contains(record.Id);
}
