namespace Semblance;

/// <summary>What two filters both let through.</summary>
/// <param name="First">One filter.</param>
/// <param name="Second">The other.</param>
public sealed record AllFilter(VectorFilter First, VectorFilter Second) : VectorFilter
{
    internal override bool Matches(StoredRecord record) => First.Matches(record) && Second.Matches(record);
}
