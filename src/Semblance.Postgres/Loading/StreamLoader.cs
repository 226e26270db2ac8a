using Npgsql;

namespace Semblance.Postgres;

/// <summary>Loads a stream of records into a new table, batch by batch, and builds the index of the vectors afterward.</summary>
internal sealed class StreamLoader(string name, PostgresIndexOptions options, PostgresLoading loading, IProgress<long>? progress)
{
    private const int BatchFloats = 1 << 20;

    /// <summary>Creates the table for the first record's dimension and loads all records.</summary>
    /// <exception cref="ArgumentException">There are no records, or one of them is invalid.</exception>
    public async Task<IndexTable> LoadAsync(
        NpgsqlConnection connection, IAsyncEnumerable<VectorRecord> records, CancellationToken cancellationToken)
    {
        IndexTable? table = null;
        var (batch, sent) = (new List<VectorRecord>(), 0L);
        await foreach (var record in records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (table is null)
            {
                options.Check(record.Vector.Length);
                table = await new IndexTable(name, record.Vector.Length, options, false)
                    .CreateAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            batch.Add(record);
            if (batch.Count * (long)table.Dimension >= BatchFloats)
            {
                await SendAsync().ConfigureAwait(false);
            }
        }

        if (table is null)
        {
            throw new ArgumentException("There are no records to build an index from; create an empty index instead.", nameof(records));
        }

        await SendAsync().ConfigureAwait(false);
        await table.IndexAsync(connection, cancellationToken).ConfigureAwait(false);
        return table;

        async Task SendAsync()
        {
            await new Loader(table, loading).AddAsync(connection, LoadRow.Of(batch, table), cancellationToken).ConfigureAwait(false);
            progress?.Report(sent += batch.Count);
            batch.Clear();
        }
    }
}
