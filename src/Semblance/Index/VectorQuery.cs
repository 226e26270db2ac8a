namespace Semblance;

/// <summary>
/// Represents the options of a search in an index. An implementation of <see cref="IVectorIndex"/> can derive a record with further
/// options.
/// </summary>
public record VectorQuery
{
    /// <summary>Gets the default options: the 10 nearest vectors.</summary>
    public static VectorQuery Default { get; } = new();

    /// <summary>Gets the maximum number of hits; 10 by default.</summary>
    public int TopK { get; init; } = 10;

    /// <summary>
    /// Gets the number of candidates that an approximate search keeps (ef of HNSW): more candidates raise the recall and the latency. 100
    /// by default; at least <see cref="TopK"/> is used.
    /// </summary>
    public int Ef { get; init; } = 100;

    /// <summary>Gets the filter that selects the vectors to search; <see langword="null"/>, the default, for all.</summary>
    public VectorFilter? Filter { get; init; }

    /// <summary>Gets a value that indicates whether the query is compared with every vector instead of searching the graph.</summary>
    public bool Exact { get; init; }

    /// <summary>Checks the options. An index calls this method before it searches.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public virtual void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Ef, 1);
    }
}
