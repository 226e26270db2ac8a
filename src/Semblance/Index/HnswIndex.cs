using System.Runtime.CompilerServices;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Represents an index in a folder with approximate search by a hierarchical navigable small world graph (Malkov and Yashunin 2016,
/// arXiv:1603.09320). The files are memory-mapped, so that opening takes milliseconds at any size.
/// </summary>
/// <remarks>
/// A segment holds vectors, records and their graph, and is immutable. Changes are appended to a log, which is durable before a method
/// returns. The vectors of the log are compared one by one until there are enough of them to be linked into the next segment. If a process
/// is killed, the index holds every acknowledged change. Any number of threads can search while one writes. One process can write at a
/// time; a process that reads sees the index as it was when it was opened.
/// </remarks>
public sealed class HnswIndex : IVectorIndex, IDisposable, IAsyncDisposable
{
    private readonly IndexStore _store;

    private HnswIndex(IndexStore store) => _store = store;

    /// <inheritdoc />
    public int Dimension => _store.Manifest.Dimension;

    /// <inheritdoc />
    public SimilarityFunction Similarity => _store.Manifest.Options.Similarity;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Attributes => Options.Attributes;

    /// <summary>Gets the options that the index was built with.</summary>
    public HnswOptions Options => _store.Manifest.Options;

    /// <summary>Gets the number of vectors.</summary>
    public int Count => _store.Read(state => state.Count);

    /// <summary>Gets the number of vectors in the log, which are compared one by one until the next compaction.</summary>
    public int Unlinked => _store.Read(state => state.TailCount);

    /// <summary>Gets the number of deleted vectors that are part of the graph until the next compaction.</summary>
    public int Deleted => _store.Read(state => state.DeletedInSegment);

    /// <summary>Gets the number of nodes of the graph. Equal or nearly equal vectors share a node; vectors of the log have none.</summary>
    public int Nodes => _store.Read(state => state.Segment.Nodes);

    /// <summary>Creates an empty index and opens it for writing.</summary>
    /// <param name="folder">The folder of the index, created if it does not exist.</param>
    /// <param name="dimension">The number of elements of each vector.</param>
    /// <param name="options">The options of the graph; <see langword="null"/> for the defaults.</param>
    /// <exception cref="IOException">The folder holds an index already, or cannot be written.</exception>
    public static HnswIndex Create(string folder, int dimension, HnswOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        using (var held = IndexFiles.Begin(folder, ref options))
        using (var writer = new SegmentWriter(folder, new IndexManifest(dimension, options, 1), IndexFiles.Open))
        {
            writer.Complete(null, 1, null, CancellationToken.None);
            IndexFiles.Found(folder, new IndexManifest(dimension, options, 1));
        }

        return Open(folder);
    }

    /// <summary>Builds an index from records and opens it for writing. The index exists only when it is complete.</summary>
    /// <param name="folder">The folder of the index, created if it does not exist.</param>
    /// <param name="records">
    /// The records, read once; the memory grows with the graph, not with the vectors. The first record determines the dimension of the
    /// index.
    /// </param>
    /// <param name="options">The options of the graph; <see langword="null"/> for the defaults.</param>
    /// <param name="maxThreads">
    /// The maximum number of threads; all physical cores by default. With one thread, the same vectors give the same graph.
    /// </param>
    /// <param name="progress">Receives the completed fraction of the graph, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">
    /// An id is not unique; an id, a text or a label is not valid Unicode; a vector has another dimension or is not finite; or there are no
    /// records.
    /// </exception>
    /// <exception cref="IOException">The folder holds an index already, or cannot be written.</exception>
    public static async Task<HnswIndex> BuildAsync(
        string folder,
        IAsyncEnumerable<VectorRecord> records,
        HnswOptions? options = null,
        int maxThreads = int.MaxValue,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        using (var held = IndexFiles.Begin(folder, ref options))
        {
            SegmentWriter? writer = null;
            IndexManifest? manifest = null;
            try
            {
                await foreach (var record in records.WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    manifest ??= new IndexManifest(Math.Max(1, record.Vector.Length), options, 1);
                    writer ??= new SegmentWriter(folder, manifest, IndexFiles.Open);
                    writer.Append(
                        ReadyVector.Of(record.Vector.Span, manifest.Dimension, manifest.Options.Similarity, record.Id),
                        StoredRecord.Encode(record));
                }

                if (writer is null)
                {
                    throw new ArgumentException(
                        "There are no records to build an index from; create an empty index instead.", nameof(records));
                }

                await Task.Run(
                    () => writer.Complete(null, maxThreads, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
                IndexFiles.Found(folder, manifest!);
            }
            finally
            {
                writer?.Dispose();
            }
        }

        return Open(folder);
    }

    /// <summary>Opens an index for searching and writing.</summary>
    /// <param name="folder">The folder of the index.</param>
    /// <exception cref="IndexLockedException">The index is already open for writing.</exception>
    /// <exception cref="IndexFormatException">A file is damaged or truncated.</exception>
    /// <exception cref="UnauthorizedAccessException">The permission to read or write the index is missing.</exception>
    /// <exception cref="IOException">
    /// There is no index, or it cannot be read or written; on a read-only disk, use <see cref="OpenReadOnly"/>.
    /// </exception>
    public static HnswIndex Open(string folder) => new(new IndexStore(folder, isWritable: true));

    /// <summary>Opens an index for searching, in its current state. Nothing is written, so the disk may be read-only.</summary>
    /// <param name="folder">The folder of the index.</param>
    /// <exception cref="IndexFormatException">A file is damaged or truncated.</exception>
    /// <exception cref="UnauthorizedAccessException">The permission to read the index is missing.</exception>
    /// <exception cref="IOException">There is no index, or it cannot be read.</exception>
    public static HnswIndex OpenReadOnly(string folder) => new(new IndexStore(folder, isWritable: false));

    /// <summary>Returns a value that indicates whether a folder holds an index.</summary>
    public static bool Exists(string folder) => IndexFiles.Exist(folder);

    /// <summary>Reads the whole index and reports the problems of its checksums, links and records.</summary>
    /// <param name="folder">The folder of the index.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static IndexVerification Verify(string folder, CancellationToken cancellationToken = default) =>
        IndexVerification.Of(folder, cancellationToken);

    /// <inheritdoc />
    public ValueTask<long> CountAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<long>(Count);

    /// <inheritdoc />
    public ValueTask<long?> LargestNumberAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_store.Read(state => state.LargestNumber(cancellationToken)));

    /// <inheritdoc />
    public Task AddAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default) =>
        WriteAsync(records, isNew: true, cancellationToken);

    /// <inheritdoc />
    public Task UpsertAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default) =>
        WriteAsync(records, isNew: false, cancellationToken);

    /// <inheritdoc />
    public async Task<int> DeleteAsync(IReadOnlyList<VectorId> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return await _store.ExclusivelyAsync(state =>
        {
            var known = ids.Distinct().Where(state.Contains).Select(StoredRecord.EncodeId).ToList();
            if (known.Count > 0)
            {
                _store.Commit(LogRecord.Delete(known), cancellationToken);
            }

            return known.Count;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask<VectorRecord?> GetAsync(VectorId id, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_store.Read(state => state.Get(id)));

    /// <summary>Returns the vectors that are most similar to a query, on the calling thread.</summary>
    /// <inheritdoc cref="IVectorIndex.SearchAsync(ReadOnlyMemory{float}, VectorQuery?, CancellationToken)"/>
    public IReadOnlyList<VectorHit> Search(
        ReadOnlySpan<float> query, VectorQuery? options = null, CancellationToken cancellationToken = default) =>
        Search(query, null, options ?? VectorQuery.Default, cancellationToken);

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<VectorHit>> SearchAsync(
        ReadOnlyMemory<float> query, VectorQuery? options = null, CancellationToken cancellationToken = default) =>
        new(Task.Run(() => Search(query.Span, options, cancellationToken), cancellationToken));

    /// <summary>Searches for several queries, on several threads.</summary>
    /// <param name="queries">The query vectors <c>[queries × dimension]</c>.</param>
    /// <param name="options">The search options; <see langword="null"/> for the 10 nearest vectors.</param>
    /// <param name="maxThreads">The maximum number of threads; all physical cores by default.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">A query has another dimension or is not finite, or an option is out of range.</exception>
    public IReadOnlyList<VectorHit>[] Search(
        Tensor queries, VectorQuery? options = null, int maxThreads = int.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        var hits = new IReadOnlyList<VectorHit>[queries.Rows];
        Workers.Shared.For(
            hits.Length,
            maxThreads,
            i => hits[i] = Search(queries.Row(i), i, options ?? VectorQuery.Default, cancellationToken),
            cancellationToken);
        return hits;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<VectorHit>[]> SearchAsync(
        Tensor queries, VectorQuery? options = null, int maxThreads = int.MaxValue, CancellationToken cancellationToken = default) =>
        Task.Run(() => Search(queries, options, maxThreads, cancellationToken), cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<VectorRecord> ReadAsync(
        VectorFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false); // the files are memory-mapped: nothing here waits
        var state = _store.Read(current => current);
        for (var node = 0; node < state.Segment.Count; node++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_store.Read(_ => state.Matches(filter, node) ? state.Record(node) : null) is { } record)
            {
                yield return record;
            }
        }

        for (var i = 0; i < _store.Read(_ => state.Tail.Count); i++)
        {
            if (_store.Read(_ => state.Matches(filter, state.Tail[i]) ? state.Record(state.Tail[i]) : null) is { } record)
            {
                yield return record;
            }
        }
    }

    /// <summary>
    /// Writes a new segment of the current content: the vectors of the log become part of the graph, and deleted vectors are removed. The
    /// graph is rebuilt if there are deleted vectors or an earlier version wrote the segment. Searches continue during the compaction.
    /// </summary>
    /// <param name="maxThreads">The maximum number of threads; all physical cores by default.</param>
    /// <param name="progress">Receives the completed fraction of the graph, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation; the index is unchanged then.</param>
    /// <exception cref="IndexFormatException">The current segment is damaged.</exception>
    /// <exception cref="IOException">The new segment cannot be written; the index is unchanged.</exception>
    public async Task CompactAsync(
        int maxThreads = int.MaxValue, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        await _store.ExclusivelyAsync(state =>
        {
            if (state.TailCount > 0 || state.DeletedInSegment > 0 || state.Segment.IsOld)
            {
                _store.Fold(isRebuilt: state.DeletedInSegment > 0 || state.Segment.IsOld, maxThreads, progress, cancellationToken);
            }

            return 0;
        }, cancellationToken).ConfigureAwait(false);

    /// <summary>Measures the recall of approximate search against exact search, on the calling thread.</summary>
    /// <inheritdoc cref="IVectorIndex.MeasureRecallAsync"/>
    public RecallReport MeasureRecall(
        VectorQuery? options = null, Tensor? queries = null, int count = 200, CancellationToken cancellationToken = default)
    {
        var asked = queries ?? Sample(count);
        var report = RecallReport.OfAsync(
            (row, how) => new(Search(asked.Row(row), how, cancellationToken)),
            options ?? VectorQuery.Default,
            asked,
            isOwn: queries is null);
        return report.AsTask().GetAwaiter().GetResult(); // already complete: no search waits
    }

    /// <inheritdoc />
    public Task<RecallReport> MeasureRecallAsync(
        VectorQuery? options = null, Tensor? queries = null, int count = 200, CancellationToken cancellationToken = default) =>
        Task.Run(() => MeasureRecall(options, queries, count, cancellationToken), cancellationToken);

    /// <summary>Closes the index, so that another writer can open it. Every acknowledged change is durable without it.</summary>
    public void Dispose() => _store.Dispose();

    /// <summary>
    /// Closes the index when the current write is complete, so that another writer can open it. Every acknowledged change is durable
    /// without it.
    /// </summary>
    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>Opens an index for writing through the given streams, to test failures of the file system.</summary>
    internal static HnswIndex Open(string folder, Func<string, FileStream> open) => new(new IndexStore(folder, isWritable: true, open));

    private Task WriteAsync(IReadOnlyList<VectorRecord> records, bool isNew, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        return records.Count == 0 ? Task.CompletedTask : _store.ExclusivelyAsync(state =>
        {
            var ids = new HashSet<VectorId>();
            var entries = new List<TailEntry>(records.Count);
            foreach (var record in records)
            {
                ArgumentNullException.ThrowIfNull(record, nameof(records));
                if (!ids.Add(record.Id) || (isNew && state.Contains(record.Id)))
                {
                    throw new ArgumentException(
                        $"The id '{StoredText.Escaped(record.Id)}' " +
                        $"{(isNew && state.Contains(record.Id) ? "is in the index already; update it instead" : "comes twice")}.",
                        nameof(records));
                }

                entries.Add(
                    new TailEntry(ReadyVector.Of(record.Vector.Span, Dimension, Similarity, record.Id), StoredRecord.Encode(record)));
            }

            _store.Commit(LogRecord.Upsert(entries), cancellationToken);
            return 0;
        }, cancellationToken);
    }

    private VectorHit[] Search(ReadOnlySpan<float> query, int? row, VectorQuery options, CancellationToken cancellationToken)
    {
        options.Check();
        return _store.Search(ReadyVector.Of(query, Dimension, Similarity, row: row), options, cancellationToken);
    }

    private Tensor Sample(int count) => _store.Read(state =>
    {
        var nodes = Enumerable.Range(0, state.Segment.Count).Where(node => !state.IsDeleted(node)).ToArray();
        var vectors = nodes.Length > 0
            ? Enumerable.Range(0, Math.Min(count, nodes.Length)).Select(
                i => state.Segment.SoundVector(nodes[(int)((long)i * nodes.Length / Math.Min(count, nodes.Length))]).ToArray())
            : state.Tail.Where(entry => !entry.IsDeleted).Take(count).Select(entry => entry.Vector.ToArray());
        var sample = vectors.ToArray();
        return Tensor.From(sample.SelectMany(vector => vector).ToArray(), sample.Length, Dimension);
    });
}
