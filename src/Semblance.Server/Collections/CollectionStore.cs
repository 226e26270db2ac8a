using System.Text.RegularExpressions;
using Semblance.Server.Models;

namespace Semblance.Server.Collections;

/// <summary>Holds the collections of a folder, each in a folder of its name, open while the server runs.</summary>
internal sealed partial class CollectionStore(ServerOptions options, CollectionServices services) : IAsyncDisposable
{
    private readonly Dictionary<string, Collection> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Returns the names of all collections, in order.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(Root)
        ? [.. Directory.EnumerateDirectories(Root).Where(HnswIndex.Exists).Select(folder => Path.GetFileName(folder)!)
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Returns a collection, opened if it is not.</summary>
    /// <exception cref="RequestException">There is no such collection.</exception>
    public async Task<Collection> GetAsync(string name, CancellationToken cancellationToken)
    {
        var folder = FolderOf(name);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_open.TryGetValue(name, out var collection))
            {
                _open[name] = collection = HnswIndex.Exists(folder)
                    ? new Collection(name, HnswIndex.Open(folder), services)
                    : throw Missing(name);
            }

            return collection;
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
        var folder = FolderOf(name);
        using var lease = await services.Models.AcquireAsync(model, ModelTask.Embed, cancellationToken).ConfigureAwait(false);
        var dense = lease.Model.Dense!;
        var settings = TextIndexSettings.Of(dense, documents) with { Model = lease.Name };
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_open.ContainsKey(name) || HnswIndex.Exists(folder))
            {
                throw new RequestException(new ServerError(ErrorKind.Conflict, $"The collection '{name}' exists already."));
            }

            Directory.CreateDirectory(Root);
            var created = HnswIndex.Create(
                folder, dense.Dimension, index with { Similarity = dense.Config.SimilarityFunction, Attributes = settings.ToAttributes() });
            return _open[name] = new Collection(name, created, services);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Deletes a collection with its files.</summary>
    /// <exception cref="RequestException">There is no such collection.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var folder = FolderOf(name);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_open.Remove(name, out var collection))
            {
                await collection.DisposeAsync().ConfigureAwait(false);
            }

            if (!HnswIndex.Exists(folder))
            {
                throw Missing(name);
            }

            Directory.Delete(folder, recursive: true);
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

    private string Root => options.CollectionsFolder ?? throw new RequestException(new ServerError(
        ErrorKind.NotFound, "The server has no folder of collections; start it with one (--collections FOLDER)."));

    private string FolderOf(string name) => NamePattern().IsMatch(name)
        ? Path.Combine(Root, name)
        : throw RequestException.Validation(
            $"The name of a collection has 1 to 64 letters, digits, '-' and '_'; '{name}' does not.", "name");

    private static RequestException Missing(string name) =>
        new(new ServerError(ErrorKind.NotFound, $"There is no collection '{name}'."));

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex NamePattern();
}
