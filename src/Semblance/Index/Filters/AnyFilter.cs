namespace Semblance;

/// <summary>What at least one of two filters lets through.</summary>
/// <param name="First">One filter.</param>
/// <param name="Second">The other.</param>
public sealed record AnyFilter(VectorFilter First, VectorFilter Second) : VectorFilter
{
    internal override bool Matches(StoredRecord record) => First.Matches(record) || Second.Matches(record);
}
