namespace Semblance;

/// <summary>Vectors with one of some ids.</summary>
/// <param name="Allowed">The ids.</param>
/// <exception cref="ArgumentException">An id is not Unicode, so that no record has it.</exception>
public sealed record IdFilter(IReadOnlySet<VectorId> Allowed) : VectorFilter
{
    /// <summary>The ids.</summary>
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
