using Npgsql;

namespace Semblance.Postgres;

/// <summary>Provides extension methods that run statements on an open connection.</summary>
internal static class Statements
{
    // Building an index and loading have no time limit; the cancellation token ends them.
    private const int NoTimeout = 0;

    /// <summary>Runs statements in one round trip, atomically also if there is no transaction.</summary>
    /// <returns>The number of changed rows.</returns>
    public static async Task<int> RunAsync(
        this NpgsqlConnection connection, IEnumerable<SqlText> statements, CancellationToken cancellationToken)
    {
        await using var batch = connection.Batch(statements);
        batch.Timeout = NoTimeout;
        return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="RunAsync(NpgsqlConnection, IEnumerable{SqlText}, CancellationToken)"/>
    public static Task<int> RunAsync(
        this NpgsqlConnection connection, IEnumerable<string> statements, CancellationToken cancellationToken) =>
        connection.RunAsync(statements.Select(sql => new SqlText().Add(sql)), cancellationToken);

    /// <summary>Runs a statement.</summary>
    /// <returns>The number of changed rows.</returns>
    public static Task<int> RunAsync(this NpgsqlConnection connection, SqlText statement, CancellationToken cancellationToken) =>
        connection.RunAsync([statement], cancellationToken);

    /// <inheritdoc cref="RunAsync(NpgsqlConnection, SqlText, CancellationToken)"/>
    public static Task<int> RunAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        connection.RunAsync(new SqlText().Add(sql), cancellationToken);

    /// <summary>Returns the rows of one statement.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlConnection connection, SqlText statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var batch = connection.Batch([statement]);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.RowsAsync(read, cancellationToken).ConfigureAwait(false);
    }

    public static NpgsqlBatch Batch(this NpgsqlConnection connection, IEnumerable<SqlText> statements)
    {
        var batch = connection.CreateBatch();
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(statement.ToCommand());
        }

        return batch;
    }

    /// <summary>Returns the rows of the current result of a reader.</summary>
    public static async Task<List<T>> RowsAsync<T>(
        this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
