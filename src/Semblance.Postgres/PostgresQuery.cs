namespace Semblance.Postgres;

/// <summary>Represents the options of a search in PostgreSQL: those of <see cref="VectorQuery"/> and those of pgvector.</summary>
/// <remarks>
/// <see cref="VectorQuery.Ef"/> is <c>hnsw.ef_search</c>, at most 1,000; with <see cref="PostgresStorage.Binary"/>, it is also the number
/// of rescored candidates.
/// </remarks>
public record PostgresQuery : VectorQuery
{
    /// <summary>
    /// Gets the number of lists of an IVFFlat index to search; the square root of their number by default, as pgvector recommends.
    /// </summary>
    public int? Probes { get; init; }

    /// <summary>
    /// Gets the mode in which the index continues if a filter leaves too few hits; <see cref="IterativeScan.Relaxed"/> by default.
    /// </summary>
    public IterativeScan IterativeScan { get; init; }

    /// <summary>
    /// Gets the maximum number of vectors of an HNSW index to visit in an iterative scan; 20,000 by default, as in pgvector.
    /// </summary>
    public int MaxScanTuples { get; init; } = 20_000;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(Probes ?? 1, 1, nameof(Probes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Probes ?? 1, 32_768, nameof(Probes));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxScanTuples, 1);
        if (!Enum.IsDefined(IterativeScan))
        {
            throw new ArgumentOutOfRangeException(nameof(IterativeScan), IterativeScan, "There is no such scan.");
        }
    }
}
