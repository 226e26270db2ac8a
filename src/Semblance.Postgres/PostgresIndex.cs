using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Npgsql;
using Semblance.Tensors;

namespace Semblance.Postgres;

/// <summary>
/// Represents a vector index in a PostgreSQL table, searched by pgvector: for vectors that several processes share, or that are stored next
/// to other data.
/// </summary>
/// <remarks>
/// The caller owns the data source and disposes it. Indexes are created in the first schema of its search path and are listed there in the
/// table <c>semblance_index</c>. The table of an index has the columns <c>id</c> (jsonb: a number or a string), <c>embedding</c>,
/// <c>text</c> and <c>metadata</c> (jsonb), which other programs can read and join. All members are thread-safe. Every failure of the
/// database is thrown as a <see cref="PostgresIndexException"/>.
/// </remarks>
public sealed class PostgresIndex : IVectorIndex
{
    private const int QueryBatch = 32;
    private const int PageFloats = 1 << 20;

    private readonly IndexTable _table;
    private readonly PostgresLoading _loading;
    private readonly IndexReader _reader;
    private readonly IndexWriter _writer;

    private PostgresIndex(IndexTable table, Session session, PostgresLoading loading)
    {
        (_table, _loading) = (table, loading);
        _reader = new IndexReader(table, session);
        _writer = new IndexWriter(table, session, loading);
    }

    /// <summary>Gets the name of the index, which is also the name of its table.</summary>
    public string Name => _table.Name;

    /// <inheritdoc />
    public int Dimension => _table.Dimension;

    /// <inheritdoc />
    public SimilarityFunction Similarity => _table.Options.Similarity;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Attributes => _table.Options.Attributes;

    /// <summary>Gets the options that the index was created with.</summary>
    public PostgresIndexOptions Options => _table.Options;

    /// <summary>Creates an empty index, and the extension <c>vector</c> if the database does not have it yet.</summary>
    /// <param name="source">The data source of the database.</param>
    /// <param name="name">The name of the index and its table, at most 48 bytes.</param>
    /// <param name="dimension">The number of elements of each vector.</param>
    /// <param name="options">The options of the index; <see langword="null"/> for the defaults.</param>
    /// <param name="access">The retry and loading options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation; no index is created then.</param>
    /// <exception cref="ArgumentException">The name or an option is invalid.</exception>
    /// <exception cref="PostgresIndexException">
    /// The index exists already, or the database cannot be reached, has no pgvector, or denies permission.
    /// </exception>
    public static async Task<PostgresIndex> CreateAsync(
        NpgsqlDataSource source,
        string name,
        int dimension,
        PostgresIndexOptions? options = null,
        PostgresAccess? access = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new PostgresIndexOptions();
        options.Check(dimension);
        var session = Pooled(source, name, ref access);
        await PrepareAsync(session, name, cancellationToken).ConfigureAwait(false);
        var table = await session.WriteAsync(async connection =>
        {
            var created = await new IndexTable(name, dimension, options, false)
                .CreateAsync(connection, cancellationToken).ConfigureAwait(false);
            if (options.Method == PostgresMethod.Hnsw)
            {
                await created.IndexAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            return created;
        }, isRepeatable: false, cancellationToken).ConfigureAwait(false);
        return new PostgresIndex(table, session, access.Loading);
    }

    /// <summary>
    /// Builds an index from records: loads them first and builds the index of the vectors afterward, which is much faster than adding to
    /// an existing one. Runs in one transaction: other sessions see the index only when it is complete.
    /// </summary>
    /// <param name="source">The data source of the database.</param>
    /// <param name="name">The name of the index and its table, at most 48 bytes.</param>
    /// <param name="records">The records, read once; the first one determines the dimension of the index.</param>
    /// <param name="options">The options of the index; <see langword="null"/> for the defaults.</param>
    /// <param name="access">
    /// The loading options; <see langword="null"/> for the defaults. The load is attempted once, as a stream cannot be read again.
    /// </param>
    /// <param name="progress">Receives the number of records sent, after each batch.</param>
    /// <param name="cancellationToken">The token that cancels the operation; no index is created then.</param>
    /// <exception cref="ArgumentException">
    /// An id is not unique, a vector has another dimension or is not finite, there are no records, or the name or an option is invalid.
    /// </exception>
    /// <exception cref="PostgresIndexException">
    /// The index exists already, or the database cannot be reached, has no pgvector, or denies permission.
    /// </exception>
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
            var loader = new StreamLoader(name, options, access.Loading, progress);
            var table = await session
                .WriteOnceAsync(
                    connection => loader.LoadAsync(connection, records, cancellationToken), cancellationToken).ConfigureAwait(false);
            return new PostgresIndex(table, session, access.Loading);
        }
        catch (PostgresIndexException e) when (IsTaken(e))
        {
            throw new ArgumentException(
                "An id comes twice; give each vector an id of its own (with 'Include Error Detail' in the connection string, the error " +
                "of the server names it).",
                nameof(records),
                e);
        }
    }

    /// <summary>Opens an index.</summary>
    /// <param name="source">The data source of the database.</param>
    /// <param name="name">The name of the index.</param>
    /// <param name="access">The retry and loading options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="PostgresIndexException">
    /// The index does not exist, was created by a newer version, or the database cannot be reached.
    /// </exception>
    public static async Task<PostgresIndex> OpenAsync(
        NpgsqlDataSource source, string name, PostgresAccess? access = null, CancellationToken cancellationToken = default)
    {
        var session = Pooled(source, name, ref access);
        var table = await session
            .ReadAsync(connection => IndexTable.OpenAsync(connection, name, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new PostgresIndex(table, session, access.Loading);
    }

    /// <summary>Drops an index and its table.</summary>
    /// <param name="source">The data source of the database.</param>
    /// <param name="name">The name of the index.</param>
    /// <param name="access">The retry options; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">The token that cancels the operation; the index is unchanged then.</param>
    /// <returns><see langword="true"/> if the index existed; otherwise, <see langword="false"/>.</returns>
    /// <exception cref="PostgresIndexException">The database cannot be reached or denies permission.</exception>
    public static Task<bool> DropAsync(
        NpgsqlDataSource source, string name, PostgresAccess? access = null, CancellationToken cancellationToken = default) =>
        Pooled(source, name, ref access)
            .WriteAsync(connection => IndexTable.DropAsync(connection, name, cancellationToken), isRepeatable: false, cancellationToken);

    /// <summary>Returns the same index within a transaction of the caller, who commits it or rolls it back.</summary>
    /// <param name="transaction">
    /// The transaction, on the database of the index. A method that fails rolls back its own changes only; nothing is retried.
    /// </param>
    public PostgresIndex Within(NpgsqlTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return new PostgresIndex(_table, new Session.Joined(transaction, Name), _loading);
    }

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => new(_reader.CountAsync(cancellationToken));

    /// <summary>Returns the size of the table and all its indexes on the server, in bytes.</summary>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public ValueTask<long> SizeAsync(CancellationToken cancellationToken = default) => new(_reader.SizeAsync(cancellationToken));

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public ValueTask<long?> LargestNumberAsync(CancellationToken cancellationToken = default) =>
        new(_reader.LargestNumberAsync(cancellationToken));

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public async Task AddAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        var rows = LoadRow.Of(records, _table);
        try
        {
            await _writer.AddAsync(rows, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresIndexException e) when (IsTaken(e))
        {
            var existing = await _reader.ExistingAsync(rows.Select(row => row.Id), cancellationToken).ConfigureAwait(false);
            var subject = existing is [var id] ? $"The id '{StoredText.Escaped(id)}'" : "An id";
            throw new ArgumentException($"{subject} is in the index already; update it instead.", nameof(records), e);
        }
    }

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public Task UpsertAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        return _writer.UpsertAsync(LoadRow.Of(records, _table), cancellationToken);
    }

    /// <inheritdoc />
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public Task<int> DeleteAsync(IReadOnlyList<VectorId> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return _writer.DeleteAsync(ids, cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<VectorRecord?> GetAsync(VectorId id, CancellationToken cancellationToken = default)
    {
        var page = await _reader.PageAsync(VectorFilter.Ids(id), null, 1, cancellationToken).ConfigureAwait(false);
        return page.FirstOrDefault().Record;
    }

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">The filter calls a function of this program.</exception>
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public async ValueTask<IReadOnlyList<VectorHit>> SearchAsync(
        ReadOnlyMemory<float> query, VectorQuery? options = null, CancellationToken cancellationToken = default) =>
        (await _reader.SearchAsync([query], options ?? VectorQuery.Default, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Searches for several queries and returns their hits in the order of the queries, which are sent in batches.</summary>
    /// <param name="queries">The query vectors, each of the dimension of the index, all values finite.</param>
    /// <param name="options">The search options; <see langword="null"/> for the 10 nearest vectors.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <inheritdoc cref="SearchAsync(ReadOnlyMemory{float}, VectorQuery?, CancellationToken)" path="/exception"/>
    public async IAsyncEnumerable<IReadOnlyList<VectorHit>> SearchAsync(
        IAsyncEnumerable<ReadOnlyMemory<float>> queries,
        VectorQuery? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var batch in queries.Chunk(QueryBatch).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var hits in await _reader.SearchAsync(batch, options ?? VectorQuery.Default, cancellationToken).ConfigureAwait(false))
            {
                yield return hits;
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>The server runs the queries one after the other; <paramref name="maxThreads"/> has no effect.</remarks>
    /// <exception cref="NotSupportedException">The filter calls a function of this program.</exception>
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public async Task<IReadOnlyList<VectorHit>[]> SearchAsync(
        Tensor queries, VectorQuery? options = null, int maxThreads = int.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        var rows = Enumerable.Range(0, queries.Rows).Select(row => (ReadOnlyMemory<float>)queries.Row(row).ToArray());
        return await SearchAsync(rows.ToAsyncEnumerable(), options, cancellationToken)
            .ToArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <remarks>The measured speed is that of one connection, including the network to the server.</remarks>
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public async Task<RecallReport> MeasureRecallAsync(
        VectorQuery? options = null, Tensor? queries = null, int count = 200, CancellationToken cancellationToken = default)
    {
        var sample = queries ?? await _reader.SampleAsync(count, cancellationToken).ConfigureAwait(false);
        return await RecallReport.OfAsync(
            (row, query) => SearchAsync(sample.Row(row).ToArray(), query, cancellationToken),
            options ?? VectorQuery.Default,
            sample,
            isOwn: queries is null).ConfigureAwait(false);
    }

    /// <summary>Returns the records that match best by vector and by words, found with one statement.</summary>
    /// <param name="query">The query vector, of the dimension of the index, all values finite.</param>
    /// <param name="words">
    /// The query text in the syntax of a web search: all words must occur, <c>or</c> between alternatives, quotes around phrases, a minus
    /// before excluded words.
    /// </param>
    /// <param name="options">The search options; <see langword="null"/> for the 10 best records.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>
    /// The hits in descending order of score. A score is the sum of weighted reciprocal ranks: at most (sum of both weights) / (rank
    /// constant + 1).
    /// </returns>
    /// <exception cref="InvalidOperationException">The index was created without <see cref="PostgresIndexOptions.TextSearch"/>.</exception>
    /// <inheritdoc cref="SearchAsync(ReadOnlyMemory{float}, VectorQuery?, CancellationToken)" path="/exception"/>
    public async ValueTask<IReadOnlyList<VectorHit>> HybridSearchAsync(
        ReadOnlyMemory<float> query, string words, HybridQuery? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(words);
        KeptText.Check(words, () => "The query");
        if (Options.TextSearch is null)
        {
            throw new InvalidOperationException(
                $"{Name}: the index was created without {nameof(PostgresIndexOptions.TextSearch)}; create it with a configuration to " +
                "search by words.");
        }

        return await _reader.HybridSearchAsync(query, words, options ?? new HybridQuery(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <remarks>Reads page by page in the order of the ids; no connection is held between two pages.</remarks>
    /// <exception cref="NotSupportedException">The filter calls a function of this program.</exception>
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public async IAsyncEnumerable<VectorRecord> ReadAsync(
        VectorFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var size = Math.Clamp(PageFloats / Dimension, 1, 1000);
        string? last = null;
        while (true)
        {
            var page = await _reader.PageAsync(filter, last, size, cancellationToken).ConfigureAwait(false);
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
    /// Rebuilds the index of the vectors and replaces the existing one: to compute the centroids of an IVFFlat index from the current
    /// vectors, or to remove deleted vectors from an HNSW graph. Searches continue during the rebuild; writes wait.
    /// </summary>
    /// <param name="cancellationToken">The token that cancels the operation; the index is unchanged then.</param>
    /// <exception cref="PostgresIndexException">The database cannot be reached or reports an error.</exception>
    public Task ReindexAsync(CancellationToken cancellationToken = default) => _writer.ReindexAsync(cancellationToken);

    private static Session.Pooled Pooled(NpgsqlDataSource source, string name, [NotNull] ref PostgresAccess? access)
    {
        ArgumentNullException.ThrowIfNull(source);
        access = (access ?? new PostgresAccess()).Checked();
        return new Session.Pooled(source, access, Identifier.Checked(name));
    }

    private static Task<bool> PrepareAsync(Session.Pooled session, string name, CancellationToken cancellationToken) =>
        session.WriteAsync(async connection =>
        {
            await IndexTable.PrepareAsync(connection, name, cancellationToken).ConfigureAwait(false);
            return true;
        }, isRepeatable: true, cancellationToken);

    private static bool IsTaken(PostgresIndexException e) =>
        e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, TableName: not IndexTable.Catalog };
}
