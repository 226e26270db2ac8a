using System.Runtime.CompilerServices;
using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI;

/// <summary>
/// Represents the indexes in a folder, each an <see cref="HnswIndex"/> in a folder of its own. A change is durable when the method that
/// writes it has returned.
/// </summary>
/// <remarks>
/// An index is opened when it is first used and closed with the catalog. One process can write an index at a time; a read-only catalog sees
/// an index as it was when it was opened.
/// </remarks>
public sealed class FolderIndexCatalog : IVectorIndexCatalog
{
    private readonly string _folder;
    private readonly HnswOptions _options;
    private readonly bool _isReadOnly;
    private readonly Dictionary<string, HnswIndex> _open = [];
    private readonly SemaphoreSlim _lock = new(1, 1);
    private bool _isDisposed;

    /// <summary>Initializes a new instance of the <see cref="FolderIndexCatalog"/> class.</summary>
    /// <param name="folder">The folder, which is created with the first index.</param>
    /// <param name="options">
    /// The options of new indexes, of which the similarity function and the attributes are replaced; <see langword="null"/> for the
    /// defaults.
    /// </param>
    /// <param name="isReadOnly"><see langword="true"/> to open the indexes for searching only; otherwise, <see langword="false"/>.</param>
    public FolderIndexCatalog(string folder, HnswOptions? options = null, bool isReadOnly = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (_folder, _options, _isReadOnly) = (Path.GetFullPath(folder), options ?? new HnswOptions(), isReadOnly);
    }

    /// <inheritdoc/>
    public string SystemName => SemblanceTelemetry.ProviderName;

    /// <inheritdoc/>
    public string Name => _folder;

    /// <inheritdoc/>
    public bool SearchesWords => false;

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        if (!Directory.Exists(_folder))
        {
            yield break;
        }

        foreach (var folder in Directory.EnumerateDirectories(_folder).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Path.GetFileName(folder).StartsWith('.') && HnswIndex.Exists(folder))
            {
                yield return Uri.UnescapeDataString(Path.GetFileName(folder));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IVectorIndex?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var folder = FolderOf(name);
        return await ExclusivelyAsync(
            () => _open.TryGetValue(name, out var index) ? index
                : !HnswIndex.Exists(folder) ? null
                : _open[name] = _isReadOnly ? HnswIndex.OpenReadOnly(folder) : HnswIndex.Open(folder),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<IVectorIndex> CreateAsync(string name, VectorIndexDefinition definition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.IndexKind is not (null or IndexKind.Hnsw or IndexKind.Flat))
        {
            throw new NotSupportedException(
                $"The index kind '{definition.IndexKind}' is not supported in files; use {IndexKind.Hnsw} or {IndexKind.Flat}.");
        }

        return WriteAsync<IVectorIndex>(
            () => _open[name] = HnswIndex.Create(
                FolderOf(name),
                definition.Dimension,
                _options with { Similarity = definition.Similarity, Attributes = definition.Attributes }),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken) => WriteAsync(() =>
    {
        if (_open.Remove(name, out var index))
        {
            index.Dispose();
        }

        if (FolderOf(name) is var folder && HnswIndex.Exists(folder))
        {
            try
            {
                HnswIndex.Open(folder).Dispose(); // fails if another process writes the index
            }
            catch (IndexFormatException)
            {
                // A damaged index can be deleted.
            }

            // Renamed first, so that a crash leaves the whole index or none.
            var deleted = Path.Combine(_folder, $".deleted-{Guid.NewGuid():N}");
            Directory.Move(folder, deleted);
            Directory.Delete(deleted, recursive: true);
        }

        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<VectorHit>> HybridSearchAsync(
        IVectorIndex index,
        ReadOnlyMemory<float> query,
        IReadOnlyCollection<string> keywords,
        int count,
        VectorFilter? filter,
        CancellationToken cancellationToken) =>
        throw new NotSupportedException("An index in files does not search for words; the vector store does.");

    /// <summary>Closes the indexes. Every acknowledged change is durable without it.</summary>
    public void Dispose()
    {
        _lock.Wait();
        _isDisposed = true;
        foreach (var index in _open.Values)
        {
            index.Dispose();
        }

        _open.Clear();
        _lock.Release();
    }

    private Task<T> WriteAsync<T>(Func<T> write, CancellationToken cancellationToken) =>
        _isReadOnly
            ? throw new InvalidOperationException($"{_folder}: the catalog is read-only; open it for writing to create or delete an index.")
            : ExclusivelyAsync(write, cancellationToken);

    private async Task<T> ExclusivelyAsync<T>(Func<T> run, CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return run();
        }
        finally
        {
            _lock.Release();
        }
    }

    // Any name is a valid name of a folder after escaping; a name of dots alone would be another folder.
    private string FolderOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Path.Combine(_folder, Uri.EscapeDataString(name).Replace(".", "%2E", StringComparison.Ordinal));
    }
}
