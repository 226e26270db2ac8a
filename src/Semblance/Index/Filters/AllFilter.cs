namespace Semblance;

/// <summary>Represents a filter that matches vectors that both of two filters match.</summary>
/// <param name="First">The first filter.</param>
/// <param name="Second">The second filter.</param>
public sealed record AllFilter(VectorFilter First, VectorFilter Second) : VectorFilter
{
    internal override bool Matches(StoredRecord record) => First.Matches(record) && Second.Matches(record);
}
