namespace Semblance;

/// <summary>What <see cref="Hdbscan"/> takes for a cluster.</summary>
public sealed record HdbscanOptions
{
    /// <summary>How many vectors a cluster has at least, from 2 on; 5 by default.</summary>
    public int MinClusterSize { get; init; } = 5;

    /// <summary>
    /// How many vectors, itself included, lie within the core distance of one: more take more for noise. Null, the default, for
    /// <see cref="MinClusterSize"/>.
    /// </summary>
    public int? MinSamples { get; init; }

    /// <summary>Whether all vectors may be one cluster. False by default: then there are two clusters at least, or none.</summary>
    public bool AllowSingleCluster { get; init; }

    /// <summary>The maximum number of threads to use, the caller's included; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinClusterSize, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinSamples ?? 1, 1, nameof(MinSamples));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
    }
}
