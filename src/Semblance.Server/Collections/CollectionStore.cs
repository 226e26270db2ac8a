using System.Text.RegularExpressions;
using Semblance.Server.Models;

namespace Semblance.Server.Collections;

/// <summary>Holds the collections of a folder, open while the server runs, or of a database.</summary>
internal sealed partial class CollectionStore(ServerOptions options, CollectionServices services) : IAsyncDisposable
{
    private readonly ICollectionStorage? _storage = options.CollectionsDatabase is { } source ? new PostgresTables(source)
        : options.CollectionsFolder is { } folder ? new FolderStorage(folder)
        : null;
    private readonly Dictionary<string, Collection> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Returns the names of all collections, in order.</summary>
    /// <exception cref="RequestException">The server has no collections.</exception>
    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken) => Storage.NamesAsync(cancellationToken);

    /// <summary>Returns a collection, opened if it is not.</summary>
    /// <exception cref="RequestException">There is no such collection.</exception>
    public async Task<Collection> GetAsync(string name, CancellationToken cancellationToken)
    {
        Check(name);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _open.TryGetValue(name, out var collection) ? collection
                : await Storage.OpenAsync(name, cancellationToken).ConfigureAwait(false) is { } index ? Opened(name, index)
                : throw Missing(name);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Creates an empty collection.</summary>
    /// <param name="name">The name.</param>
    /// <param name="model">The name of the model; <see langword="null"/> for the first one.</param>
    /// <param name="documents">The truncation of documents.</param>
    /// <param name="index">The options of the index.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="RequestException">The collection exists.</exception>
    public async Task<Collection> CreateAsync(
        string name, string? model, EncodeOptions documents, HnswOptions index, CancellationToken cancellationToken)
    {
        Check(name);
        using var lease = await services.Models.AcquireAsync(model, ModelTask.Embed, cancellationToken).ConfigureAwait(false);
        var dense = lease.Model.Dense!;
        var settings = TextIndexSettings.Of(dense, documents) with { Model = lease.Name };
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_open.ContainsKey(name) || (await Storage.NamesAsync(cancellationToken).ConfigureAwait(false)).Contains(name))
            {
                throw new RequestException(new ServerError(ErrorKind.Conflict, $"The collection '{name}' exists already."));
            }

            index = index with { Similarity = dense.Config.SimilarityFunction, Attributes = settings.ToAttributes() };
            return Opened(name, await Storage.CreateAsync(name, dense.Dimension, index, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Deletes a collection with its documents.</summary>
    /// <exception cref="RequestException">There is no such collection.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        Check(name);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_open.Remove(name, out var collection))
            {
                await collection.DisposeAsync().ConfigureAwait(false);
            }

            if (!await Storage.DeleteAsync(name, cancellationToken).ConfigureAwait(false))
            {
                throw Missing(name);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var collection in _open.Values)
        {
            await collection.DisposeAsync().ConfigureAwait(false);
        }

        _open.Clear();
        _gate.Dispose();
    }

    private ICollectionStorage Storage => _storage ?? throw new RequestException(new ServerError(
        ErrorKind.NotFound, "The server has no place for collections; start it with one (--collections FOLDER)."));

    // Another process may drop a table and create it again, so those are opened for each request.
    private Collection Opened(string name, IVectorIndex index)
    {
        var collection = new Collection(name, index, Storage, services);
        if (!Storage.IsShared)
        {
            _open[name] = collection;
        }

        return collection;
    }

    private static void Check(string name)
    {
        if (!NamePattern().IsMatch(name))
        {
            throw RequestException.Validation(
                $"The name of a collection has 1 to 64 letters, digits, '-' and '_'; '{name}' does not.", "name");
        }
    }

    private static RequestException Missing(string name) =>
        new(new ServerError(ErrorKind.NotFound, $"There is no collection '{name}'."));

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex NamePattern();
}
