namespace Semblance.Postgres;

/// <summary>How the nearest vectors are found in a table: pgvector's kinds of index.</summary>
public enum PostgresMethod
{
    /// <summary>A graph (HNSW): the better recall for its speed, and no need of data before it is made.</summary>
    Hnsw,

    /// <summary>
    /// Lists around centres (IVFFlat): quicker to build, and smaller. The centres are found in the vectors that are there: by <see cref="PostgresIndex.BuildAsync"/>, or by
    /// <see cref="PostgresIndex.ReindexAsync"/> when enough have come; until then every vector is compared.
    /// </summary>
    IvfFlat,

    /// <summary>None: every vector is compared (of <see cref="PostgresStorage.Binary"/> its bits first), and what is found is exact.</summary>
    Exact,
}
