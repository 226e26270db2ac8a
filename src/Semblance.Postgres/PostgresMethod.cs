namespace Semblance.Postgres;

/// <summary>Specifies the search method, by the index types of pgvector.</summary>
public enum PostgresMethod
{
    /// <summary>A graph (HNSW): better recall at the same speed, and it can be created on an empty table.</summary>
    Hnsw,

    /// <summary>
    /// Lists around centroids (IVFFlat): faster to build, and smaller. The centroids are computed from the existing vectors by
    /// <see cref="PostgresIndex.BuildAsync"/> or <see cref="PostgresIndex.ReindexAsync"/>; until then, every vector is compared.
    /// </summary>
    IvfFlat,

    /// <summary>
    /// No index: every vector is compared (with <see cref="PostgresStorage.Binary"/>, its bits first), and the result is exact.
    /// </summary>
    Exact,
}
