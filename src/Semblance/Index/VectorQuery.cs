namespace Semblance;

/// <summary>How an index is searched. Indexes elsewhere may know more: then a record derived from this one says it.</summary>
public record VectorQuery
{
    /// <summary>The ten nearest.</summary>
    public static VectorQuery Default { get; } = new();

    /// <summary>How many hits are wanted; 10 by default.</summary>
    public int TopK { get; init; } = 10;

    /// <summary>
    /// How many candidates an approximate search keeps (ef of HNSW): more find more of the true neighbours and take longer. 100 by
    /// default; <see cref="TopK"/> at least.
    /// </summary>
    public int Ef { get; init; } = 100;

    /// <summary>Which vectors count; all by default.</summary>
    public VectorFilter? Filter { get; init; }

    /// <summary>Compares the query with every vector instead of following the graph.</summary>
    public bool Exact { get; init; }

    /// <summary>Checks the options, as an index does before it searches.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public virtual void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Ef, 1);
    }
}
