using Npgsql;

namespace Semblance.Postgres;

/// <summary>Loads rows into a table, by COPY or INSERT depending on the server and the number of rows.</summary>
internal sealed class Loader(IndexTable table, PostgresLoading loading)
{
    // For fewer rows, one INSERT is faster than the round trips of a COPY.
    private const int WorthCopying = 500;

    // The temporary table for the rows of an upsert.
    private const string Staging = "semblance_staging";

    /// <summary>Adds rows with new ids.</summary>
    public Task AddAsync(NpgsqlConnection connection, LoadRow[] rows, CancellationToken cancellationToken) => Copies(rows.Length)
        ? BinaryCopy.WriteAsync(connection, table, table.Sql, rows, cancellationToken)
        : ArrayInsert.WriteAsync(connection, table, rows, isUpsert: false, cancellationToken);

    /// <summary>Adds rows or replaces those with the same ids.</summary>
    public async Task UpsertAsync(NpgsqlConnection connection, LoadRow[] rows, CancellationToken cancellationToken)
    {
        if (!Copies(rows.Length))
        {
            await ArrayInsert.WriteAsync(connection, table, rows, isUpsert: true, cancellationToken).ConfigureAwait(false);
            return;
        }

        await connection.RunAsync(
            $"create temporary table {Staging} (id jsonb, {table.WrittenColumns}) on commit drop", cancellationToken).ConfigureAwait(false);
        await BinaryCopy.WriteAsync(connection, table, $"pg_temp.{Staging}", rows, cancellationToken).ConfigureAwait(false);
        await connection.RunAsync(
            [
                $"insert into {table.Sql} ({table.Columns}) select {table.Columns} from pg_temp.{Staging} {ArrayInsert.OnConflict(table)}",
                $"drop table pg_temp.{Staging}",
            ],
            cancellationToken).ConfigureAwait(false);
    }

    private bool Copies(int count) =>
        loading == PostgresLoading.Copy || (loading == PostgresLoading.Auto && table.TakesCopy && count >= WorthCopying);
}
