namespace Semblance;

/// <summary>Represents a filter that matches vectors that another filter does not match.</summary>
/// <param name="Filter">The filter.</param>
public sealed record NotFilter(VectorFilter Filter) : VectorFilter
{
    internal override bool Matches(StoredRecord record) => !Filter.Matches(record);
}
