using Npgsql;

namespace Semblance.Postgres;

/// <summary>Writes to an index: adds, updates and deletes records.</summary>
internal sealed class IndexWriter(IndexTable table, Session session, PostgresLoading loading)
{
    private readonly Loader _loader = new(table, loading);

    /// <summary>Adds records; an id that exists already fails with the server's unique violation.</summary>
    public Task AddAsync(LoadRow[] rows, CancellationToken cancellationToken) =>
        WriteAsync(
            rows.Length, connection => _loader.AddAsync(connection, rows, cancellationToken), isRepeatable: false, cancellationToken);

    /// <summary>Adds records or replaces those with the same ids.</summary>
    public Task UpsertAsync(LoadRow[] rows, CancellationToken cancellationToken) =>
        WriteAsync(
            rows.Length, connection => _loader.UpsertAsync(connection, rows, cancellationToken), isRepeatable: true, cancellationToken);

    /// <summary>Deletes records and returns their number.</summary>
    public Task<int> DeleteAsync(IEnumerable<VectorId> ids, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Add($"delete from {table.Sql} where id = any({sql.Texts([.. ids.Select(LoadRow.CheckedId)])}::text[]::jsonb[])");
        return session.WriteAsync(connection => connection.RunAsync(sql, cancellationToken), isRepeatable: false, cancellationToken);
    }

    /// <summary>Builds the index of the vectors again.</summary>
    public Task ReindexAsync(CancellationToken cancellationToken) =>
        WriteAsync(1, connection => table.IndexAsync(connection, cancellationToken), isRepeatable: true, cancellationToken);

    private Task WriteAsync(int count, Func<NpgsqlConnection, Task> write, bool isRepeatable, CancellationToken cancellationToken) =>
        count == 0 ? Task.CompletedTask : session.WriteAsync(async connection =>
        {
            await write(connection).ConfigureAwait(false);
            return true;
        }, isRepeatable, cancellationToken);
}
