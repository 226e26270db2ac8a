using Npgsql;

namespace Semblance.Postgres;

/// <summary>Running statements on an open connection.</summary>
internal static class Statements
{
    // Building an index and loading take what they take; cancellation ends them.
    private const int NoTimeout = 0;

    /// <summary>Runs statements in one round trip; all or none where there is no transaction around them.</summary>
    /// <returns>How many rows they changed.</returns>
    public static async Task<int> RunAsync(this NpgsqlConnection connection, IEnumerable<SqlText> statements, CancellationToken cancellationToken)
    {
        await using var batch = connection.Batch(statements);
        batch.Timeout = NoTimeout;
        return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="RunAsync(NpgsqlConnection, IEnumerable{SqlText}, CancellationToken)"/>
    public static Task<int> RunAsync(this NpgsqlConnection connection, IEnumerable<string> statements, CancellationToken cancellationToken) =>
        connection.RunAsync(statements.Select(sql => new SqlText().Add(sql)), cancellationToken);

    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public static Task<int> RunAsync(this NpgsqlConnection connection, SqlText statement, CancellationToken cancellationToken) => connection.RunAsync([statement], cancellationToken);

    /// <inheritdoc cref="RunAsync(NpgsqlConnection, SqlText, CancellationToken)"/>
    public static Task<int> RunAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken) => connection.RunAsync(new SqlText().Add(sql), cancellationToken);

    /// <summary>The rows of one statement.</summary>
    public static async Task<List<T>> QueryAsync<T>(this NpgsqlConnection connection, SqlText statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
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

    /// <summary>The rows of the result that a reader stands at.</summary>
    public static async Task<List<T>> RowsAsync<T>(this NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
