namespace Semblance;

/// <summary>How <see cref="SemanticSearch"/> searches.</summary>
public sealed record SearchOptions
{
    /// <summary>How many hits a query gets at most; 10 by default.</summary>
    public int TopK { get; init; } = 10;

    /// <summary>How to compare; the cosine by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>
    /// Which rows may be hits; null, the default, for all. It is asked about the few rows whose score would make them one, by
    /// several threads at once, and must always give the same answer.
    /// </summary>
    public Func<int, bool>? Filter { get; init; }

    /// <summary>
    /// Keeps so many times <see cref="TopK"/> candidates and scores them again with the whole float32 query, which gives back
    /// most of what few bits lose; 0, the default, for no second look. sentence-transformers takes 2; 4 finds more.
    /// </summary>
    public int RescoreMultiplier { get; init; }

    /// <summary>The same vectors in a higher precision, which candidates are scored again with; null for those that were searched.</summary>
    public VectorMatrix? RescoreWith { get; init; }

    /// <summary>The most threads to use, the caller's included; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    /// <summary>How many corpus rows a task takes; null for as many as suit the cache.</summary>
    internal int? BlockRows { get; init; }

    /// <summary>The most queries that are compared at a time.</summary>
    internal int BlockQueries { get; init; } = 512;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(RescoreMultiplier);
        Similarity.Checked();
        if (RescoreWith is not null && RescoreMultiplier == 0)
        {
            throw new ArgumentException("Vectors to score candidates with were given, but no number of candidates; set RescoreMultiplier, such as 4.", nameof(RescoreWith));
        }
    }
}
