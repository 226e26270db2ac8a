using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Semblance.Extensions.AI;

/// <summary>
/// Represents a vector store of Microsoft.Extensions.VectorData over the vector indexes of Semblance: in a folder, or in another catalog.
/// </summary>
/// <remarks>
/// <para>
/// All members are thread-safe. Records that a method has written are durable when it returns, also if the process is killed afterward. The
/// records of one call are written completely or not at all, if they have one vector property. Disposing the store closes its indexes.
/// </para>
/// <para>
/// <see cref="GetDynamicCollection"/> works with Native AOT and trimming. <see cref="GetCollection"/> reads and writes the properties of a
/// class by reflection: with trimming, the class must be preserved.
/// </para>
/// </remarks>
public sealed class SemblanceVectorStore : VectorStore
{
    private readonly IVectorIndexCatalog _catalog;
    private readonly SemblanceVectorStoreOptions _options;
    private readonly ConcurrentDictionary<string, StoredCollection> _collections = new();

    /// <summary>Initializes a new instance of the <see cref="SemblanceVectorStore"/> class over indexes in a folder.</summary>
    /// <param name="folder">The folder, which is created with the first collection.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    public SemblanceVectorStore(string folder, SemblanceVectorStoreOptions? options = null)
        : this(new FolderIndexCatalog(folder), options)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="SemblanceVectorStore"/> class over the indexes of a catalog.</summary>
    /// <param name="catalog">The catalog, which is disposed with the store.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    public SemblanceVectorStore(IVectorIndexCatalog catalog, SemblanceVectorStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        (_catalog, _options) = (catalog, options ?? new SemblanceVectorStoreOptions());
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Ef, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.HybridCandidates, 1, nameof(options));
    }

    /// <inheritdoc/>
    [RequiresDynamicCode("Records of a class are read by reflection. With Native AOT, use GetDynamicCollection.")]
    [RequiresUnreferencedCode("Records of a class are read by reflection. With trimming, use GetDynamicCollection.")]
    public override VectorStoreCollection<TKey, TRecord> GetCollection<TKey, TRecord>(
        string name, VectorStoreCollectionDefinition? definition = null) => Collection<TKey, TRecord>(name, definition);

    /// <inheritdoc/>
    public override VectorStoreCollection<object, Dictionary<string, object?>> GetDynamicCollection(
        string name, VectorStoreCollectionDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return new SemblanceCollection<object, Dictionary<string, object?>>(
            Stored(name),
            new RecordMapper(new RecordModelBuilder().BuildDynamic(
                definition, definition.EmbeddingGenerator ?? _options.EmbeddingGenerator)),
            _options);
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<string> ListCollectionNamesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var name in _catalog.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!name.Contains(StoredCollection.Separator, StringComparison.Ordinal))
            {
                yield return name;
            }
        }
    }

    /// <inheritdoc/>
    public override Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default) =>
        Stored(name).ExistsAsync(cancellationToken);

    /// <inheritdoc/>
    public override Task EnsureCollectionDeletedAsync(string name, CancellationToken cancellationToken = default) =>
        Stored(name).DeleteAsync(cancellationToken);

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreMetadata)
                ? new VectorStoreMetadata { VectorStoreSystemName = _catalog.SystemName, VectorStoreName = _catalog.Name }
            : serviceType.IsInstanceOfType(_catalog) ? _catalog
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _catalog.Dispose();
        }

        base.Dispose(disposing);
    }

    [RequiresDynamicCode("Records of a class are read by reflection. With Native AOT, use GetDynamicCollection.")]
    [RequiresUnreferencedCode("Records of a class are read by reflection. With trimming, use GetDynamicCollection.")]
    private SemblanceCollection<TKey, TRecord> Collection<TKey, TRecord>(string name, VectorStoreCollectionDefinition? definition)
        where TKey : notnull
        where TRecord : class =>
        typeof(TRecord) == typeof(Dictionary<string, object?>)
            ? throw new ArgumentException(VectorDataStrings.GetCollectionWithDictionaryNotSupported)
            : new SemblanceCollection<TKey, TRecord>(
                Stored(name),
                new RecordMapper(new RecordModelBuilder().Build(typeof(TRecord), typeof(TKey), definition, _options.EmbeddingGenerator)),
                _options);

    private StoredCollection Stored(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name.Contains(StoredCollection.Separator, StringComparison.Ordinal)
            ? throw new ArgumentException(
                $"The name of the collection is '{name}'; a name does not contain '{StoredCollection.Separator}'.", nameof(name))
            : _collections.GetOrAdd(name, static (key, catalog) => new StoredCollection(key, catalog), _catalog);
    }
}
