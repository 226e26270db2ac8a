namespace Semblance;

/// <summary>What a filter does not let through.</summary>
/// <param name="Filter">The filter.</param>
public sealed record NotFilter(VectorFilter Filter) : VectorFilter
{
    internal override bool Matches(StoredRecord record) => !Filter.Matches(record);
}
