using System.Runtime.CompilerServices;
using Npgsql;
using Semblance.Tensors;

namespace Semblance.Postgres;

/// <summary>An index in a table of PostgreSQL, searched by pgvector: for vectors that many processes share, or that stand beside other data.</summary>
/// <remarks>
/// The data source stays its maker's, who disposes of it. Indexes lie in the first schema of its search path, and are listed there in the table <c>semblance_index</c>. An
/// index's table has the columns <c>id</c> (jsonb: a number or a text), <c>embedding</c>, <c>text</c> and <c>metadata</c> (jsonb), for all to read and to join with.
/// Safe for all threads. Whatever fails at the database is a <see cref="PostgresIndexException"/>.
/// </remarks>
public sealed class PostgresIndex : IVectorIndex
{
    private const int QueriesTogether = 32;
    private const int FloatsTogether = 1 << 20;

    private readonly IndexTable _table;
    private readonly Session _session;
    private readonly PostgresLoading _loading;

    private PostgresIndex(IndexTable table, Session session, PostgresLoading loading) => (_table, _session, _loading) = (table, session, loading);

    /// <summary>The name of the index and of its table.</summary>
    public string Name => _table.Name;

    /// <inheritdoc />
    public int Dimension => _table.Dimension;

    /// <inheritdoc />
    public SimilarityFunction Similarity => _table.Options.Similarity;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Attributes => _table.Options.Attributes;

    /// <summary>How the index was made.</summary>
    public PostgresIndexOptions Options => _table.Options;

    private Loader Loader => new(_table, _loading);

    /// <summary>Makes an empty index, and the extension <c>vector</c> where the database has it not.</summary>
    /// <param name="source">The database.</param>
    /// <param name="name">What it is called, at most 48 bytes: the name of its table.</param>
    /// <param name="dimension">The number of elements of each vector.</param>
    /// <param name="options">How it is made; null for the defaults.</param>
    /// <param name="access">How to talk to the server; null for the defaults.</param>
    /// <param name="cancellationToken">Stops it; then there is none.</param>
    /// <exception cref="ArgumentException">The name or an option is out of range.</exception>
    /// <exception cref="PostgresIndexException">There is one already, or the database cannot be reached, has no pgvector, or does not permit it.</exception>
    public static async Task<PostgresIndex> CreateAsync(
        NpgsqlDataSource source, string name, int dimension, PostgresIndexOptions? options = null, PostgresAccess? access = null, CancellationToken cancellationToken = default)
    {
        options ??= new PostgresIndexOptions();
        options.Check(dimension);
        var session = Pooled(source, name, ref access);
        await PrepareAsync(session, name, cancellationToken).ConfigureAwait(false);
        var table = await session.WriteAsync(async connection =>
        {
            var made = await new IndexTable(name, dimension, options, false).CreateAsync(connection, cancellationToken).ConfigureAwait(false);
            if (options.Method == PostgresMethod.Hnsw)
            {
                await made.IndexAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            return made;
        }, isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return new PostgresIndex(table, session, access.Loading);
    }

    /// <summary>Builds an index of many vectors: loaded first, linked afterwards, which is much quicker. In one transaction: until it is complete there is none.</summary>
    /// <param name="source">The database.</param>
    /// <param name="name">What it is called, at most 48 bytes: the name of its table.</param>
    /// <param name="records">The vectors, read once; the first one's dimension is that of the index.</param>
    /// <param name="options">How it is made; null for the defaults.</param>
    /// <param name="access">How to talk to the server; null for the defaults. It is tried once: a stream cannot be read again.</param>
    /// <param name="progress">Hears how many vectors were sent.</param>
    /// <param name="cancellationToken">Stops it; then there is none.</param>
    /// <exception cref="ArgumentException">An id comes twice, a vector has another dimension or is not finite, or there is none; or a name or an option is out of range.</exception>
    /// <exception cref="PostgresIndexException">There is one already, or the database cannot be reached, has no pgvector, or does not permit it.</exception>
    public static async Task<PostgresIndex> BuildAsync(
        NpgsqlDataSource source,
        string name,
        IAsyncEnumerable<VectorRecord> records,
        PostgresIndexOptions? options = null,
        PostgresAccess? access = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        options ??= new PostgresIndexOptions();
        var session = Pooled(source, name, ref access);
        await PrepareAsync(session, name, cancellationToken).ConfigureAwait(false);
        try
        {
            var table = await session.WriteOnceAsync(connection => LoadAsync(connection, name, records, options, access.Loading, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
            return new PostgresIndex(table, session, access.Loading);
        }
        catch (PostgresIndexException e) when (IsTaken(e))
        {
            throw new ArgumentException("An id comes twice; give each vector an id of its own (with 'Include Error Detail' in the connection the server's error names it).", nameof(records), e);
        }
    }

    /// <summary>Opens an index.</summary>
    /// <param name="source">The database.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="access">How to talk to the server; null for the defaults.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="PostgresIndexException">There is none, a newer version made it, or the database cannot be reached.</exception>
    public static async Task<PostgresIndex> OpenAsync(NpgsqlDataSource source, string name, PostgresAccess? access = null, CancellationToken cancellationToken = default)
    {
        var session = Pooled(source, name, ref access);
        var table = await session.ReadAsync(connection => IndexTable.OpenAsync(connection, name, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new PostgresIndex(table, session, access.Loading);
    }

    /// <summary>Drops an index with all that is in it.</summary>
    /// <param name="source">The database.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="access">How to talk to the server; null for the defaults.</param>
    /// <param name="cancellationToken">Stops it; then it is as it was.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="PostgresIndexException">The database cannot be reached, or does not permit it.</exception>
    public static Task<bool> DropAsync(NpgsqlDataSource source, string name, PostgresAccess? access = null, CancellationToken cancellationToken = default) =>
        Pooled(source, name, ref access).WriteAsync(connection => IndexTable.DropAsync(connection, name, cancellationToken), isRepeatable: false, cancellationToken);

    /// <summary>The same index within a transaction of the caller, who commits it or rolls it back: together with what else is in it.</summary>
    /// <param name="transaction">The transaction, on the index's database. A method that fails takes back its own changes only; nothing is tried again.</param>
    public PostgresIndex Within(NpgsqlTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return new PostgresIndex(_table, new Session.Joined(transaction, Name), _loading);
    }

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => NumberAsync(new SqlText().Add($"select count(*) from {_table.Sql}"), cancellationToken);

    /// <summary>How many bytes the table and all its indexes take at the server.</summary>
    /// <param name="cancellationToken">Stops the question.</param>
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public ValueTask<long> SizeAsync(CancellationToken cancellationToken = default)
    {
        var sql = new SqlText();
        return NumberAsync(sql.Add($"select pg_total_relation_size({sql.Text(_table.Sql)}::regclass)"), cancellationToken);
    }

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public async ValueTask<long?> LargestNumberAsync(CancellationToken cancellationToken = default)
    {
        // Numbers are sorted behind texts: the end of the primary key is the answer.
        var sql = new SqlText().Add($"select id::text from {_table.Sql} where jsonb_typeof(id) = 'number' order by {_table.Sql}.id desc limit 1");
        var ids = await QueryAsync(sql, row => RecordJson.Id(row.GetString(0), Name), cancellationToken).ConfigureAwait(false);
        return ids is [var id] ? id.Number : null;
    }

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public async Task AddAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        var rows = LoadRow.Of(records, _table);
        try
        {
            await WriteAsync(rows.Length, connection => Loader.AddAsync(connection, rows, cancellationToken), isRepeatable: false, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresIndexException e) when (IsTaken(e))
        {
            var sql = new SqlText();
            sql.Add($"select id::text from {_table.Sql} where id = any({sql.Texts([.. rows.Select(row => row.Id)])}::text[]::jsonb[]) limit 1");
            var taken = await QueryAsync(sql, row => RecordJson.Id(row.GetString(0), Name), cancellationToken).ConfigureAwait(false);
            throw new ArgumentException($"{(taken is [var id] ? $"The id '{StoredText.Escaped(id)}'" : "An id")} is in the index already; update it instead.", nameof(records), e);
        }
    }

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public Task UpsertAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        var rows = LoadRow.Of(records, _table);
        return WriteAsync(rows.Length, connection => Loader.UpsertAsync(connection, rows, cancellationToken), isRepeatable: true, cancellationToken);
    }

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public Task<int> DeleteAsync(IReadOnlyList<VectorId> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var sql = new SqlText();
        sql.Add($"delete from {_table.Sql} where id = any({sql.Texts([.. ids.Select(LoadRow.CheckedId)])}::text[]::jsonb[])");
        return _session.WriteAsync(connection => connection.RunAsync(sql, cancellationToken), isRepeatable: false, cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<VectorRecord?> GetAsync(VectorId id, CancellationToken cancellationToken = default)
    {
        var page = await QueryAsync(SearchSql.Page(_table, VectorFilter.Ids(id), null, 1), Record, cancellationToken).ConfigureAwait(false);
        return page.FirstOrDefault().Record;
    }

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">The filter calls a function of this program.</exception>
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public async ValueTask<IReadOnlyList<VectorHit>> SearchAsync(ReadOnlyMemory<float> query, VectorQuery? options = null, CancellationToken cancellationToken = default) =>
        (await SearchAsync([query], options ?? VectorQuery.Default, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The hits of many queries, in their order; some go to the server together.</summary>
    /// <param name="queries">Each with as many elements as the index has dimensions, all finite.</param>
    /// <param name="options">How to search; null for the ten nearest.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <inheritdoc cref="SearchAsync(ReadOnlyMemory{float}, VectorQuery?, CancellationToken)" path="/exception"/>
    public async IAsyncEnumerable<IReadOnlyList<VectorHit>> SearchAsync(
        IAsyncEnumerable<ReadOnlyMemory<float>> queries, VectorQuery? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var some in queries.Chunk(QueriesTogether).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var hits in await SearchAsync(some, options ?? VectorQuery.Default, cancellationToken).ConfigureAwait(false))
            {
                yield return hits;
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>The server's threads search, one query after the other.</remarks>
    /// <exception cref="NotSupportedException">The filter calls a function of this program.</exception>
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public async Task<IReadOnlyList<VectorHit>[]> SearchAsync(Tensor queries, VectorQuery? options = null, int maxThreads = int.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        var rows = Enumerable.Range(0, queries.Rows).Select(row => (ReadOnlyMemory<float>)queries.Row(row).ToArray());
        return await SearchAsync(rows.ToAsyncEnumerable(), options, cancellationToken).ToArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <remarks>Speeds are those of one connection and what lies between it and the server.</remarks>
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public async Task<RecallReport> MeasureRecallAsync(VectorQuery? options = null, Tensor? queries = null, int count = 200, CancellationToken cancellationToken = default)
    {
        var asked = queries ?? await SampleAsync(count, cancellationToken).ConfigureAwait(false);
        return await RecallReport.OfAsync(
            (row, how) => SearchAsync(asked.Row(row).ToArray(), how, cancellationToken), options ?? VectorQuery.Default, asked, isOwn: queries is null).ConfigureAwait(false);
    }

    /// <summary>What fits best by its vector and by its words, in one statement.</summary>
    /// <param name="query">As many elements as the index has dimensions, all finite.</param>
    /// <param name="words">As in a web search: all words count, <c>or</c> between some, quotes around phrases, a minus before what must not be there.</param>
    /// <param name="options">How to search; null for the ten best.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The hits, the best first. A score is that of the fused ranks: at most (both weights) / (the constant + 1).</returns>
    /// <exception cref="InvalidOperationException">The index was made without <see cref="PostgresIndexOptions.TextSearch"/>.</exception>
    /// <inheritdoc cref="SearchAsync(ReadOnlyMemory{float}, VectorQuery?, CancellationToken)" path="/exception"/>
    public async ValueTask<IReadOnlyList<VectorHit>> HybridSearchAsync(ReadOnlyMemory<float> query, string words, HybridQuery? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        KeptText.Check(words, () => "The query");
        if (Options.TextSearch is null)
        {
            throw new InvalidOperationException($"{Name}: the index was made without {nameof(PostgresIndexOptions.TextSearch)}; build it with one to search by words.");
        }

        options ??= new HybridQuery();
        options.Check();
        var vector = ReadyVector.Of(query.Span, Dimension, Similarity);
        var hits = await SearchAsync([SearchSql.Settings(_table, options), SearchSql.Hybrid(_table, vector, words, options)], cancellationToken).ConfigureAwait(false);
        return hits[0];
    }

    /// <inheritdoc />
    /// <remarks>Page by page in the order of the ids: no connection is held between two pages.</remarks>
    /// <exception cref="NotSupportedException">The filter calls a function of this program.</exception>
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public async IAsyncEnumerable<VectorRecord> ReadAsync(VectorFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var size = Math.Clamp(FloatsTogether / Dimension, 1, 1000);
        string? last = null;
        while (true)
        {
            var page = await QueryAsync(SearchSql.Page(_table, filter, last, size), Record, cancellationToken).ConfigureAwait(false);
            foreach (var (id, record) in page)
            {
                last = id;
                yield return record;
            }

            if (page.Count < size)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// Builds the index of the vectors anew and puts it in the place of the old: to find the centres of an IVFFlat index in what is there now, or to leave deleted vectors out of a
    /// graph. Searches go on meanwhile, writing waits.
    /// </summary>
    /// <param name="cancellationToken">Stops it; the index stays as it was.</param>
    /// <exception cref="PostgresIndexException">The database cannot be reached, or refused it.</exception>
    public Task ReindexAsync(CancellationToken cancellationToken = default) => WriteAsync(1, connection => _table.IndexAsync(connection, cancellationToken), isRepeatable: true, cancellationToken);

    private static Session.Pooled Pooled(NpgsqlDataSource source, string name, [System.Diagnostics.CodeAnalysis.NotNull] ref PostgresAccess? access)
    {
        ArgumentNullException.ThrowIfNull(source);
        access = (access ?? new PostgresAccess()).Checked();
        return new Session.Pooled(source, access, Identifier.Checked(name));
    }

    private static Task<bool> PrepareAsync(Session.Pooled session, string name, CancellationToken cancellationToken) => session.WriteAsync(async connection =>
    {
        await IndexTable.PrepareAsync(connection, name, cancellationToken).ConfigureAwait(false);
        return true;
    }, isRepeatable: true, cancellationToken);

    private static async Task<IndexTable> LoadAsync(
        NpgsqlConnection connection, string name, IAsyncEnumerable<VectorRecord> records, PostgresIndexOptions options, PostgresLoading loading, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        IndexTable? table = null;
        var (batch, sent) = (new List<VectorRecord>(), 0L);
        await foreach (var record in records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (table is null)
            {
                options.Check(record.Vector.Length);
                table = await new IndexTable(name, record.Vector.Length, options, false).CreateAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            batch.Add(record);
            if (batch.Count * (long)table.Dimension >= FloatsTogether)
            {
                await SendAsync().ConfigureAwait(false);
            }
        }

        if (table is null)
        {
            throw new ArgumentException("There is no vector to build an index of; create an empty one instead.", nameof(records));
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

    private static bool IsTaken(PostgresIndexException e) => e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, TableName: not IndexTable.Catalog };

    private Task WriteAsync(int count, Func<NpgsqlConnection, Task> write, bool isRepeatable, CancellationToken cancellationToken) => count == 0 ? Task.CompletedTask : _session.WriteAsync(async connection =>
    {
        await write(connection).ConfigureAwait(false);
        return true;
    }, isRepeatable, cancellationToken);

    // In an order that has nothing to do with what the vectors are, the same every time.
    private async Task<Tensor> SampleAsync(int count, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Add($"select embedding::real[] from {_table.Sql} order by md5(id::text) limit {sql.Number(count)}");
        var vectors = await QueryAsync(sql, row => row.GetFieldValue<float[]>(0), cancellationToken).ConfigureAwait(false);
        return Tensor.From(vectors.SelectMany(vector => vector).ToArray(), vectors.Count, Dimension);
    }

    private async ValueTask<long> NumberAsync(SqlText sql, CancellationToken cancellationToken)
    {
        var numbers = await QueryAsync(sql, row => row.GetInt64(0), cancellationToken).ConfigureAwait(false);
        return numbers[0];
    }

    private Task<List<T>> QueryAsync<T>(SqlText sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        _session.ReadAsync(connection => connection.QueryAsync(sql, read, cancellationToken), cancellationToken);

    private Task<List<IReadOnlyList<VectorHit>>> SearchAsync(IReadOnlyList<ReadOnlyMemory<float>> queries, VectorQuery options, CancellationToken cancellationToken)
    {
        options.Check();
        return SearchAsync([SearchSql.Settings(_table, options), .. queries.Select(query => SearchSql.Nearest(_table, ReadyVector.Of(query.Span, Dimension, Similarity), options))], cancellationToken);
    }

    // Settings first, which hold for the statements sent with them.
    private Task<List<IReadOnlyList<VectorHit>>> SearchAsync(SqlText[] statements, CancellationToken cancellationToken) => _session.ReadAsync(async connection =>
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

    private VectorHit Hit(NpgsqlDataReader row) => new(
        RecordJson.Id(row.GetString(0), Name), (float)row.GetDouble(3), row.IsDBNull(1) ? null : row.GetString(1), RecordJson.Labels(row.GetString(2), Name));

    private (string Id, VectorRecord Record) Record(NpgsqlDataReader row) => (row.GetString(0), new VectorRecord(
        RecordJson.Id(row.GetString(0), Name), row.GetFieldValue<float[]>(1), row.IsDBNull(2) ? null : row.GetString(2), RecordJson.Labels(row.GetString(3), Name)));
}
