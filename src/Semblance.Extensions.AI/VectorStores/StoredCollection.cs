using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI;

/// <summary>
/// Represents a collection in a catalog, which several <see cref="SemblanceCollection{TKey, TRecord}"/> share: an index for each vector
/// property. The first index has the records; the record of another index counts only if the first has it too.
/// </summary>
/// <param name="name">The name of the collection.</param>
/// <param name="catalog">The catalog.</param>
internal sealed class StoredCollection(string name, IVectorIndexCatalog catalog) : IDisposable
{
    /// <summary>The text between the name of a collection and that of a further vector property, in the name of an index.</summary>
    public const string Separator = "::";

    private const string VectorsAttribute = "vectors";

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Dictionary<string, KeywordIndex> _words = [];

    public IVectorIndexCatalog Catalog => catalog;

    public string Name => name;

    /// <summary>Returns a value that indicates whether the collection exists.</summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        await catalog.FindAsync(name, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Creates the indexes that do not exist.</summary>
    public async Task EnsureAsync(RecordMapper mapper, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The first index makes the collection exist, so it is created last.
            for (var i = Math.Max(1, mapper.Vectors.Count) - 1; i >= 0; i--)
            {
                if (await catalog.FindAsync(IndexName(mapper, i), cancellationToken).ConfigureAwait(false) is null)
                {
                    await catalog.CreateAsync(IndexName(mapper, i), Definition(mapper, i), cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Deletes the collection, if it exists.</summary>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var names = await catalog.ListAsync(cancellationToken)
                .Where(other => other.StartsWith(name + Separator, StringComparison.Ordinal))
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            await catalog.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
            foreach (var other in names)
            {
                await catalog.DeleteAsync(other, cancellationToken).ConfigureAwait(false);
            }

            _words.Clear();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Opens the index of a vector property.</summary>
    /// <exception cref="VectorStoreException">The collection does not exist, or has other vectors.</exception>
    public async ValueTask<IVectorIndex> IndexAsync(RecordMapper mapper, int vector, CancellationToken cancellationToken)
    {
        var index = await catalog.FindAsync(IndexName(mapper, vector), cancellationToken).ConfigureAwait(false)
            ?? throw Failure($"The collection '{name}' does not exist; call EnsureCollectionExistsAsync first.");
        var expected = Definition(mapper, vector);
        return index.Dimension != expected.Dimension || index.Similarity != expected.Similarity
            ? throw Failure(
                $"The index '{IndexName(mapper, vector)}' has vectors of {index.Dimension} elements that are compared by "
                + $"{index.Similarity}, and the record's definition has {expected.Dimension} elements and {expected.Similarity}; change "
                + "the definition, or delete the collection and create it again.")
            : index.Attributes.TryGetValue(VectorsAttribute, out var vectors) && vectors != expected.Attributes[VectorsAttribute]
                ? throw Failure(
                    $"The collection '{name}' has the vectors '{vectors}', and the record's definition has "
                    + $"'{expected.Attributes[VectorsAttribute]}'; change the definition, or delete the collection and create it again.")
            : index;
    }

    /// <summary>Writes records, one for each index. When the method returns, they are durable.</summary>
    public async Task UpsertAsync(RecordMapper mapper, IReadOnlyList<VectorRecord[]> records, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var i = Math.Max(1, mapper.Vectors.Count) - 1; i >= 0; i--)
            {
                var index = await IndexAsync(mapper, i, cancellationToken).ConfigureAwait(false);
                VectorRecord[] written = [.. records.Select(record => record[i])];
                await index.UpsertAsync(written, cancellationToken).ConfigureAwait(false);
                if (i == 0)
                {
                    Follow(words => words.Upsert(written));
                }
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Deletes records. When the method returns, that is durable.</summary>
    public async Task DeleteAsync(RecordMapper mapper, IReadOnlyList<VectorId> ids, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var i = 0; i < Math.Max(1, mapper.Vectors.Count); i++)
            {
                var index = await IndexAsync(mapper, i, cancellationToken).ConfigureAwait(false);
                await index.DeleteAsync(ids, cancellationToken).ConfigureAwait(false);
            }

            Follow(words => words.Delete(ids));
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Returns the words of a property, after building their index if that has not happened yet.</summary>
    public async Task<KeywordIndex> WordsAsync(RecordMapper mapper, string property, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_words.TryGetValue(property, out var words))
            {
                words = property == mapper.Text?.StorageName
                    ? new KeywordIndex((text, _) => text)
                    : new KeywordIndex((_, labels) => labels?.GetValueOrDefault(property));
                await words.BuildAsync(await IndexAsync(mapper, 0, cancellationToken).ConfigureAwait(false), cancellationToken)
                    .ConfigureAwait(false);
                _words.Add(property, words);
            }

            return words;
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    /// <summary>Creates an exception with the names of the store and the collection.</summary>
    public VectorStoreException Failure(string message, string? operation = null, Exception? inner = null) => new(message, inner)
    {
        VectorStoreSystemName = catalog.SystemName,
        VectorStoreName = catalog.Name,
        CollectionName = name,
        OperationName = operation,
    };

    // An index of words with too many deleted texts is dropped, and built again when it is needed.
    private void Follow(Func<KeywordIndex, bool> change)
    {
        foreach (var (property, words) in _words.ToList())
        {
            if (!change(words))
            {
                _words.Remove(property);
            }
        }
    }

    private string IndexName(RecordMapper mapper, int vector) =>
        vector == 0 ? name : name + Separator + mapper.Vectors[vector].StorageName;

    // A record without vectors has one that is never searched.
    private static VectorIndexDefinition Definition(RecordMapper mapper, int vector)
    {
        var attributes = new Dictionary<string, string>
        {
            [VectorsAttribute] = string.Join(' ', mapper.Vectors.Select(property => property.StorageName)),
        };
        return mapper.Vectors.Count == 0
            ? new VectorIndexDefinition(1, SimilarityFunction.Euclidean, IndexKind.Flat, false, attributes)
            : new VectorIndexDefinition(
                mapper.Vectors[vector].Dimensions, mapper.Scales[vector].Similarity, mapper.Vectors[vector].IndexKind,
                mapper.Text is not null, attributes);
    }
}
