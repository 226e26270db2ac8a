namespace Semblance.Postgres;

/// <summary>How an index in PostgreSQL is searched: what <see cref="VectorQuery"/> says, and what only pgvector knows.</summary>
/// <remarks><see cref="VectorQuery.Ef"/> is <c>hnsw.ef_search</c>, at most 1,000; with <see cref="PostgresStorage.Binary"/> so many candidates are compared again.</remarks>
public record PostgresQuery : VectorQuery
{
    /// <summary>How many lists of an IVFFlat index are searched; by default the square root of their number, as pgvector advises.</summary>
    public int? Probes { get; init; }

    /// <summary>Whether the index goes on where a filter left too few; <see cref="IterativeScan.Relaxed"/> by default.</summary>
    public IterativeScan IterativeScan { get; init; }

    /// <summary>How many vectors of an HNSW index it then visits at most; 20,000 by default, as in pgvector.</summary>
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
