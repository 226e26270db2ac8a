namespace Semblance.Postgres;

/// <summary>Whether an index goes on where a filter left fewer hits than were wanted.</summary>
public enum IterativeScan
{
    /// <summary>It goes on, and what it finds later may be nearer; hits are sorted at the end.</summary>
    Relaxed,

    /// <summary>It goes on in the order of distance, which leaves out what it finds too late. HNSW only; IVFFlat takes it as <see cref="Relaxed"/>.</summary>
    Strict,

    /// <summary>It does not: a narrow filter may leave fewer hits than there are.</summary>
    Off,
}
