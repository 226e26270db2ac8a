namespace Semblance;

/// <summary>Represents a filter that matches vectors with one of the given ids.</summary>
/// <param name="Allowed">The ids.</param>
/// <exception cref="ArgumentException">An id is not valid Unicode, so no record can have it.</exception>
public sealed record IdFilter(IReadOnlySet<VectorId> Allowed) : VectorFilter
{
    /// <summary>Gets the ids.</summary>
    public IReadOnlySet<VectorId> Allowed { get; init; } = Checked(Allowed);

    internal override bool Matches(StoredRecord record) => Allowed.Contains(record.Id);

    private static IReadOnlySet<VectorId> Checked(IReadOnlySet<VectorId> allowed)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        foreach (var id in allowed)
        {
            StoredText.Check(id);
        }

        return allowed;
    }
}
