namespace Semblance;

/// <summary>Represents what one thread knows of a group of queries while it scans consecutive rows.</summary>
/// <param name="lengths">The lengths of these rows.</param>
/// <param name="queries">The number of queries.</param>
internal sealed class BatchPart(LengthRange lengths, int queries)
{
    /// <summary>Gets the lengths of the rows.</summary>
    public LengthRange Lengths => lengths;

    /// <summary>Gets for each query a threshold and the integer sum below which scores are certainly below it.</summary>
    public (float Bar, int Sum)[] Limits { get; } = [.. Enumerable.Repeat((float.NaN, 0), queries)];

    /// <summary>Gets the pairs that could be hits.</summary>
    public List<SearchCandidate> Candidates { get; } = [];
}
