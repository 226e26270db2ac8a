namespace Semblance;

/// <summary>Represents the files of an open index and its state in memory. Many threads read the state while one writes.</summary>
internal sealed class IndexStore : IDisposable, IAsyncDisposable
{
    // The log is folded into the graph when it has this many vectors plus this fraction of the segment's.
    private const int SmallestFold = 4096;
    private const int FoldPart = 32;

    // The fraction of deleted vectors above which the graph is rebuilt without them.
    private const double LargestDeletedPart = 0.25;

    private readonly string _folder;
    private readonly FileStream? _lock;
    private readonly Func<string, FileStream> _open;
    private readonly ReaderWriterLockSlim _gate = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private IndexManifest _manifest;
    private IndexState _state;
    private WriteAheadLog? _log;
    private bool _isDisposed;

    public IndexStore(string folder, bool isWritable, Func<string, FileStream>? open = null)
    {
        _folder = folder;
        _open = open ?? IndexFiles.Open;
        _lock = isWritable ? IndexFiles.Lock(folder) : null;
        try
        {
            (_manifest, _state, var length) = IndexFiles.Load(folder);
            _log = isWritable
                ? IndexFiles.Writing(folder, () => WriteAheadLog.Continue(Path.Combine(folder, _manifest.Log), length, _open))
                : null;
            if (isWritable)
            {
                IndexFiles.DeleteOthers(folder, _manifest.Generation);
            }
        }
        catch
        {
            _lock?.Dispose();
            throw;
        }
    }

    public IndexManifest Manifest => _manifest;

    /// <summary>Reads the state under the read lock.</summary>
    public T Read<T>(Func<IndexState, T> read)
    {
        Enter();
        try
        {
            return read(_state);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>Searches the state under the read lock.</summary>
    public VectorHit[] Search(float[] query, VectorQuery options, CancellationToken cancellationToken) =>
        Read(state => state.Search(query, options, cancellationToken));

    /// <summary>Runs a write operation while no other one runs.</summary>
    /// <exception cref="InvalidOperationException">The index is open read-only.</exception>
    public async Task<T> ExclusivelyAsync<T>(Func<IndexState, T> write, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(HnswIndex));
            return _log is null
                ? throw new InvalidOperationException($"{_folder}: the index is open read-only; open it for writing.")
                : await Task.Run(() => write(_state), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Appends a change to the log and applies it to the state, with the code that applies it when the index is opened. Call only within
    /// <see cref="ExclusivelyAsync"/>.
    /// </summary>
    public void Commit(byte[] record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _log!.Append(record);
        _gate.EnterWriteLock();
        try
        {
            LogRecord.Apply(record, _manifest.Dimension, Path.Combine(_folder, _manifest.Log), _state);
        }
        finally
        {
            _gate.ExitWriteLock();
        }

        if (_state.TailCount >= SmallestFold + (_state.Segment.Count / FoldPart))
        {
            try
            {
                Fold(isRebuilt: _state.DeletedInSegment > LargestDeletedPart * _state.Segment.Count, int.MaxValue, null, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
            {
                // The change itself is durable; the next one tries again.
            }
        }
    }

    /// <summary>Writes a new segment of the current content and an empty log. Call only within <see cref="ExclusivelyAsync"/>.</summary>
    public void Fold(bool isRebuilt, int maxThreads, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var segment = _state.Segment;
        foreach (var damage in segment.Damages(cancellationToken))
        {
            throw new IndexFormatException(segment.Path, damage); // copied, the damage would get valid checksums
        }

        var manifest = _manifest with { Generation = _manifest.Generation + 1 };
        WriteAheadLog? log = null;
        IndexState state;
        try
        {
            using (var writer = new SegmentWriter(_folder, manifest, _open))
            {
                Copy(_state, writer, isRebuilt, cancellationToken);
                writer.Complete(isRebuilt ? null : segment, maxThreads, progress, cancellationToken);
            }

            log = WriteAheadLog.Create(Path.Combine(_folder, manifest.Log), _open);
            state = new IndexState(Segment.Open(_folder, manifest), manifest.Options.Similarity, Path.Combine(_folder, manifest.Log));
            manifest.Write(_folder); // from here on the new files are current
        }
        catch
        {
            log?.Dispose();
            IndexFiles.Delete(_folder, manifest.Segment);
            IndexFiles.Delete(_folder, manifest.Log);
            throw;
        }

        _gate.EnterWriteLock();
        (_manifest, _state) = (manifest, state);
        _gate.ExitWriteLock();
        _log!.Dispose();
        _log = log;
        IndexFiles.DeleteOthers(_folder, _manifest.Generation);
    }

    private static void Copy(IndexState state, SegmentWriter writer, bool isRebuilt, CancellationToken cancellationToken)
    {
        for (var node = 0; node < state.Segment.Count; node++)
        {
            if (node % 1024 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (!isRebuilt || !state.IsDeleted(node))
            {
                writer.Append(state.Segment.Vector(node), state.Segment.Record(node).Bytes, state.IsDeleted(node));
            }
        }

        foreach (var entry in state.Tail)
        {
            if (!entry.IsDeleted)
            {
                writer.Append(entry.Vector.Span, entry.Record);
            }
        }
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _writing.Wait();
            Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            await _writing.WaitAsync().ConfigureAwait(false);
            Close();
        }
    }

    private void Close()
    {
        if (!_isDisposed)
        {
            _gate.EnterWriteLock();
            _isDisposed = true;
            _state.Segment.Dispose(); // no search is running, and none can start
            _gate.ExitWriteLock();
            _log?.Dispose();
            _lock?.Dispose();
        }

        _writing.Release();
    }

    private void Enter()
    {
        _gate.EnterReadLock();
        if (_isDisposed)
        {
            _gate.ExitReadLock();
            throw new ObjectDisposedException(nameof(HnswIndex));
        }
    }
}
