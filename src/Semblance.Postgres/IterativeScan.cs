namespace Semblance.Postgres;

/// <summary>Specifies whether an index scan continues if a filter leaves fewer hits than requested.</summary>
public enum IterativeScan
{
    /// <summary>The scan continues, and later results may be nearer; the hits are sorted at the end.</summary>
    Relaxed,

    /// <summary>
    /// The scan continues in the order of distance and omits results found out of order. HNSW only; IVFFlat uses <see cref="Relaxed"/>.
    /// </summary>
    Strict,

    /// <summary>The scan does not continue: a selective filter may leave fewer hits than exist.</summary>
    Off,
}
