namespace Semblance;

/// <summary>Represents the options of <see cref="Hdbscan"/>.</summary>
public sealed record HdbscanOptions
{
    /// <summary>Gets the minimum number of vectors in a cluster, at least 2; 5 by default.</summary>
    public int MinClusterSize { get; init; } = 5;

    /// <summary>
    /// Gets the number of vectors within the core distance of a vector, including itself: larger values give more noise.
    /// <see langword="null"/>, the default, for <see cref="MinClusterSize"/>.
    /// </summary>
    public int? MinSamples { get; init; }

    /// <summary>
    /// Gets a value that indicates whether all vectors may form one cluster. False by default: then there are at least two clusters, or
    /// none.
    /// </summary>
    public bool AllowSingleCluster { get; init; }

    /// <summary>Gets the maximum number of threads, including the calling one; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinClusterSize, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinSamples ?? 1, 1, nameof(MinSamples));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
    }
}
