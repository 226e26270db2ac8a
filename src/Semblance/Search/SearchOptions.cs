namespace Semblance;

/// <summary>Represents the options of <see cref="SemanticSearch"/>.</summary>
public sealed record SearchOptions
{
    /// <summary>Gets the maximum number of hits per query; 10 by default.</summary>
    public int TopK { get; init; } = 10;

    /// <summary>Gets the similarity function; cosine by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>
    /// Gets the predicate of rows that may be hits; <see langword="null"/>, the default, for all. It is called only for rows whose score
    /// would make them hits, by several threads at once, and must be deterministic.
    /// </summary>
    public Func<int, bool>? Filter { get; init; }

    /// <summary>
    /// Gets the number of candidates to rescore with the float32 query, as a multiple of <see cref="TopK"/>, which restores
    /// most of the recall lost to quantization; 0, the default, for no rescoring. The default of sentence-transformers is 2; 4 finds more.
    /// </summary>
    public int RescoreMultiplier { get; init; }

    /// <summary>
    /// Gets the same vectors in a higher precision, to rescore candidates with; <see langword="null"/> for the searched vectors.
    /// </summary>
    public VectorMatrix? RescoreWith { get; init; }

    /// <summary>Gets the maximum number of threads, including the calling one; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    /// <summary>Gets the number of corpus rows per task; <see langword="null"/> to fit the cache.</summary>
    internal int? BlockRows { get; init; }

    /// <summary>Gets the maximum number of queries that are compared at a time.</summary>
    internal int BlockQueries { get; init; } = 512;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(RescoreMultiplier);
        Similarity.Checked();
        if (RescoreWith is not null && RescoreMultiplier == 0)
        {
            throw new ArgumentException(
                "RescoreWith is set, but RescoreMultiplier is 0; set RescoreMultiplier, for example to 4.", nameof(RescoreWith));
        }
    }
}
