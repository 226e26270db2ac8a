using Npgsql;

namespace Semblance.Postgres;

/// <summary>Provides the list of the indexes of a database.</summary>
public static class PostgresIndexes
{
    /// <summary>Returns the names of the indexes in the first schema of the search path, in ordinal order.</summary>
    /// <param name="source">The data source of the database.</param>
    /// <param name="access">The retry options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The names; none if no index was ever created there.</returns>
    /// <exception cref="PostgresIndexException">The database cannot be reached or denies permission.</exception>
    public static Task<IReadOnlyList<string>> ListAsync(
        NpgsqlDataSource source, PostgresAccess? access = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new Session.Pooled(source, (access ?? new PostgresAccess()).Checked(), IndexTable.Catalog)
            .ReadAsync(connection => IndexTable.NamesAsync(connection, cancellationToken), cancellationToken);
    }
}
