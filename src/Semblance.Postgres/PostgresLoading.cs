namespace Semblance.Postgres;

/// <summary>Specifies how records are sent to the server.</summary>
public enum PostgresLoading
{
    /// <summary>
    /// <see cref="Copy"/> for large batches if the server is known to support it (PGlite is not); <see cref="Insert"/> otherwise.
    /// </summary>
    Auto,

    /// <summary>Binary COPY, the fastest.</summary>
    Copy,

    /// <summary>INSERT of arrays, with many rows per statement: for servers and proxies without COPY.</summary>
    Insert,
}
