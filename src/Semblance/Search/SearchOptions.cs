namespace Semblance;

/// <summary>How <see cref="SemanticSearch"/> searches.</summary>
public sealed record SearchOptions
{
    /// <summary>How many hits a query gets at most; 10 by default.</summary>
    public int TopK { get; init; } = 10;

    /// <summary>How to compare; the cosine by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>The most threads to use, the caller's included; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    /// <summary>The most corpus rows that are compared at a time: their scores and they themselves stay in the cache.</summary>
    internal int BlockRows { get; init; } = 448;

    /// <summary>The most queries that are compared at a time.</summary>
    internal int BlockQueries { get; init; } = 512;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        Similarity.Checked();
    }
}
