namespace Semblance;

/// <summary>Represents a filter that matches vectors that at least one of two filters matches.</summary>
/// <param name="First">The first filter.</param>
/// <param name="Second">The second filter.</param>
public sealed record AnyFilter(VectorFilter First, VectorFilter Second) : VectorFilter
{
    internal override bool Matches(StoredRecord record) => First.Matches(record) || Second.Matches(record);
}
