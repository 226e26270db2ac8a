namespace Semblance.Postgres;

/// <summary>How vectors go to the server.</summary>
public enum PostgresLoading
{
    /// <summary><see cref="Copy"/> for batches that are worth it, where the server is known to take it (PGlite is not); <see cref="Insert"/> otherwise.</summary>
    Auto,

    /// <summary>Binary COPY: the fastest.</summary>
    Copy,

    /// <summary>INSERT of arrays, many rows a statement: for servers and proxies that know no COPY.</summary>
    Insert,
}
