using Npgsql;
using Semblance.Tensors;

namespace Semblance.Postgres;

/// <summary>Reads an index: runs the statements and converts their rows to hits and records.</summary>
internal sealed class IndexReader(IndexTable table, Session session)
{
    /// <summary>Returns the number of rows.</summary>
    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        NumberAsync(new SqlText().Add($"select count(*) from {table.Sql}"), cancellationToken);

    /// <summary>Returns the number of bytes of the table and its indexes.</summary>
    public Task<long> SizeAsync(CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        return NumberAsync(sql.Add($"select pg_total_relation_size({sql.Text(table.Sql)}::regclass)"), cancellationToken);
    }

    /// <summary>Returns the largest numeric id, or <see langword="null"/> if no id is a number.</summary>
    public async Task<long?> LargestNumberAsync(CancellationToken cancellationToken)
    {
        // jsonb sorts numbers after strings, so the last entry of the primary key is the largest number.
        var sql = new SqlText();
        sql.Add($"select id::text from {table.Sql} where jsonb_typeof(id) = 'number' order by {table.Sql}.id desc limit 1");
        var ids = await QueryAsync(sql, row => RecordJson.Id(row.GetString(0), table.Name), cancellationToken).ConfigureAwait(false);
        return ids is [var id] ? id.Number : null;
    }

    /// <summary>Returns one of the given ids that a row has, or an empty list if there is none.</summary>
    public Task<List<VectorId>> ExistingAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Add($"select id::text from {table.Sql} where id = any({sql.Texts([.. ids])}::text[]::jsonb[]) limit 1");
        return QueryAsync(sql, row => RecordJson.Id(row.GetString(0), table.Name), cancellationToken);
    }

    /// <summary>Returns a page of records in the order of their ids, each with its id as JSON.</summary>
    public Task<List<(string Id, VectorRecord Record)>> PageAsync(
        VectorFilter? filter, string? after, int size, CancellationToken cancellationToken) =>
        QueryAsync(SearchSql.Page(table, filter, after, size), Record, cancellationToken);

    /// <summary>Returns a sample of the vectors <c>[count × dimension]</c>.</summary>
    public async Task<Tensor> SampleAsync(int count, CancellationToken cancellationToken)
    {
        // The hash gives an order that is independent of the vectors and the same every time.
        var sql = new SqlText();
        sql.Add($"select embedding::real[] from {table.Sql} order by md5(id::text) limit {sql.Number(count)}");
        var vectors = await QueryAsync(sql, row => row.GetFieldValue<float[]>(0), cancellationToken).ConfigureAwait(false);
        return Tensor.From(vectors.SelectMany(vector => vector).ToArray(), vectors.Count, table.Dimension);
    }

    /// <summary>Returns the nearest vectors of each query, in one round trip.</summary>
    public Task<List<IReadOnlyList<VectorHit>>> SearchAsync(
        IReadOnlyList<ReadOnlyMemory<float>> queries, VectorQuery options, CancellationToken cancellationToken)
    {
        options.Check();
        return SearchAsync(
            [SearchSql.Settings(table, options), .. queries.Select(query => SearchSql.Nearest(table, Ready(query), options))],
            cancellationToken);
    }

    /// <summary>Returns the records that match a query best by vector and by words.</summary>
    public async Task<IReadOnlyList<VectorHit>> HybridSearchAsync(
        ReadOnlyMemory<float> query, string words, HybridQuery options, CancellationToken cancellationToken)
    {
        options.Check();
        var vector = Ready(query);
        SqlText[] statements = [SearchSql.Settings(table, options), SearchSql.Hybrid(table, vector, words, options)];
        return (await SearchAsync(statements, cancellationToken).ConfigureAwait(false))[0];
    }

    private float[] Ready(ReadOnlyMemory<float> query) => ReadyVector.Of(query.Span, table.Dimension, table.Options.Similarity);

    // The first statement sets parameters, which apply to the statements sent with it.
    private Task<List<IReadOnlyList<VectorHit>>> SearchAsync(SqlText[] statements, CancellationToken cancellationToken) =>
        session.ReadAsync(async connection =>
        {
            await using var batch = connection.Batch(statements);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var hits = new List<IReadOnlyList<VectorHit>>(statements.Length - 1);
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
                hits.Add(await reader.RowsAsync(Hit, cancellationToken).ConfigureAwait(false));
            }

            return hits;
        }, cancellationToken);

    private async Task<long> NumberAsync(SqlText sql, CancellationToken cancellationToken) =>
        (await QueryAsync(sql, row => row.GetInt64(0), cancellationToken).ConfigureAwait(false))[0];

    private Task<List<T>> QueryAsync<T>(SqlText sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        session.ReadAsync(connection => connection.QueryAsync(sql, read, cancellationToken), cancellationToken);

    private VectorHit Hit(NpgsqlDataReader row) => new(
        RecordJson.Id(row.GetString(0), table.Name),
        (float)row.GetDouble(3),
        row.IsDBNull(1) ? null : row.GetString(1),
        RecordJson.Labels(row.GetString(2), table.Name));

    private (string Id, VectorRecord Record) Record(NpgsqlDataReader row) => (row.GetString(0), new VectorRecord(
        RecordJson.Id(row.GetString(0), table.Name),
        row.GetFieldValue<float[]>(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        RecordJson.Labels(row.GetString(3), table.Name)));
}
