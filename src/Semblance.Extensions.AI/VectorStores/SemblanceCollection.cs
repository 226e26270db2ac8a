using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Semblance.Extensions.AI;

/// <summary>Represents a collection of a <see cref="SemblanceVectorStore"/>.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="TRecord">The type of the records: a class, or a dictionary of names and values.</typeparam>
internal sealed class SemblanceCollection<TKey, TRecord>(
    StoredCollection stored, RecordMapper mapper, SemblanceVectorStoreOptions options)
    : VectorStoreCollection<TKey, TRecord>, IKeywordHybridSearchable<TRecord>
    where TKey : notnull
    where TRecord : class
{
    public override string Name => stored.Name;

    private CollectionModel Model => mapper.Model;

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) =>
        RunAsync("CollectionExists", () => stored.ExistsAsync(cancellationToken));

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) =>
        RunAsync("EnsureCollectionExists", () => stored.EnsureAsync(mapper, cancellationToken));

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) =>
        RunAsync("EnsureCollectionDeleted", () => stored.DeleteAsync(cancellationToken));

    public override async Task<TRecord?> GetAsync(
        TKey key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var includesVectors = IncludesVectors(options?.IncludeVectors == true);
        var id = mapper.Id(key);
        return await RunAsync("Get", async () =>
        {
            var index = await stored.IndexAsync(mapper, 0, cancellationToken).ConfigureAwait(false);
            return await index.GetAsync(id, cancellationToken).ConfigureAwait(false) is { } found
                ? await RecordAsync(found, includesVectors, cancellationToken).ConfigureAwait(false)
                : null;
        }).ConfigureAwait(false);
    }

    public override async IAsyncEnumerable<TRecord> GetAsync(
        Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new FilteredRecordRetrievalOptions<TRecord>();
        var includesVectors = IncludesVectors(options.IncludeVectors);
        var condition = FilterTranslator.Translate(filter, mapper);
        var sorting = options.OrderBy?.Invoke(new FilteredRecordRetrievalOptions<TRecord>.OrderByDefinition()).Values ?? [];
        foreach (var record in await RunAsync("Get", async () =>
        {
            var index = await stored.IndexAsync(mapper, 0, cancellationToken).ConfigureAwait(false);
            var matching = index.ReadAsync(condition, cancellationToken);
            var kept = sorting.Count == 0
                ? await matching.Skip(options.Skip).Take(top).ToListAsync(cancellationToken).ConfigureAwait(false)
                : Sorted(await matching.Select(found => found with { Vector = default }).ToListAsync(cancellationToken)
                    .ConfigureAwait(false), sorting).Skip(options.Skip).Take(top).ToList();
            var records = new List<TRecord>(kept.Count);
            foreach (var found in kept)
            {
                var whole = sorting.Count > 0 && includesVectors
                    ? await index.GetAsync(found.Id, cancellationToken).ConfigureAwait(false) : found;
                if (whole is not null)
                {
                    records.Add(await RecordAsync(whole, includesVectors, cancellationToken).ConfigureAwait(false));
                }
            }

            return records;
        }).ConfigureAwait(false))
        {
            yield return record;
        }
    }

    public override Task DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return DeleteAsync([key], cancellationToken);
    }

    public override Task DeleteAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        VectorId[] ids = [.. keys.Select(key => mapper.Id(key))];
        return ids.Length == 0 ? Task.CompletedTask
            : RunAsync("Delete", () => stored.DeleteAsync(mapper, ids, cancellationToken));
    }

    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return UpsertAsync([record], cancellationToken);
    }

    public override async Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        List<object> all = [.. records.Select(record => record ?? throw new ArgumentNullException(nameof(records)))];
        if (all.Count == 0)
        {
            return;
        }

        foreach (var record in all)
        {
            GenerateKey(record);
        }

        var vectors = new List<IReadOnlyList<ReadOnlyMemory<float>>>();
        foreach (var property in mapper.Vectors)
        {
            vectors.Add(await PropertyEmbedder.StoredAsync(property, all, cancellationToken).ConfigureAwait(false));
        }

        // Of records with the same key, the last one counts.
        var written = new Dictionary<VectorId, VectorRecord[]>();
        for (var i = 0; i < all.Count; i++)
        {
            var converted = mapper.ToIndexes(all[i], [.. vectors.Select(property => property[i])]);
            written[converted[0].Id] = converted;
        }

        await RunAsync("Upsert", () => stored.UpsertAsync(mapper, [.. written.Values], cancellationToken)).ConfigureAwait(false);
    }

    public override async IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new VectorSearchOptions<TRecord>();
        var includesVectors = IncludesVectors(options.IncludeVectors);
        var (vector, scale) = Searched(options);
        var query = Query(top, options.Skip, options.Filter, mapper.Vectors[vector]);
        var value = await PropertyEmbedder.SearchedAsync(mapper.Vectors[vector], searchValue, cancellationToken).ConfigureAwait(false);
        var results = await RunAsync("Search", async () =>
        {
            var index = await stored.IndexAsync(mapper, vector, cancellationToken).ConfigureAwait(false);
            var hits = await index.SearchAsync(value, query, cancellationToken).ConfigureAwait(false);
            return await ResultsAsync(
                hits.Skip(options.Skip).Select(hit => (hit, scale.Convert(hit.Score))),
                score => options.ScoreThreshold is not { } threshold || scale.Passes(score, threshold),
                includesVectors, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        foreach (var result in results)
        {
            yield return result;
        }
    }

    public async IAsyncEnumerable<VectorSearchResult<TRecord>> HybridSearchAsync<TInput>(
        TInput searchValue, ICollection<string> keywords, int top, HybridSearchOptions<TRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentNullException.ThrowIfNull(keywords);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        options ??= new HybridSearchOptions<TRecord>();
        var includesVectors = IncludesVectors(options.IncludeVectors);
        var (vector, _) = Searched(new VectorSearchOptions<TRecord> { VectorProperty = options.VectorProperty });
        var property = Model.GetFullTextDataPropertyOrSingle(options.AdditionalProperty);
        var query = Query(top, options.Skip, options.Filter, mapper.Vectors[vector]);
        var value = await PropertyEmbedder.SearchedAsync(mapper.Vectors[vector], searchValue, cancellationToken).ConfigureAwait(false);
        var results = await RunAsync("HybridSearch", async () =>
        {
            var index = await stored.IndexAsync(mapper, vector, cancellationToken).ConfigureAwait(false);
            var hits = stored.Catalog.SearchesWords
                ? property == mapper.Text
                    ? await stored.Catalog.HybridSearchAsync(
                        index, value, [.. keywords], query.TopK, query.Filter, cancellationToken).ConfigureAwait(false)
                    : throw new NotSupportedException(
                        $"The property '{property.ModelName}' cannot be searched by words there; only the first full-text property, "
                        + $"'{mapper.Text?.ModelName}', can.")
                : await FusedAsync(index, value, keywords, property, query, cancellationToken).ConfigureAwait(false);
            return await ResultsAsync(
                hits.Skip(options.Skip).Select(hit => (hit, (double)hit.Score)),
                score => options.ScoreThreshold is not { } threshold || score >= threshold,
                includesVectors, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        foreach (var result in results)
        {
            yield return result;
        }
    }

    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreCollectionMetadata) ? new VectorStoreCollectionMetadata
            {
                VectorStoreSystemName = stored.Catalog.SystemName,
                VectorStoreName = stored.Catalog.Name,
                CollectionName = Name,
            }
            : serviceType.IsInstanceOfType(stored.Catalog) ? stored.Catalog
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    // The nearest vectors and the best texts, by reciprocal rank fusion.
    private async Task<IReadOnlyList<VectorHit>> FusedAsync(
        IVectorIndex index, ReadOnlyMemory<float> value, ICollection<string> keywords, DataPropertyModel property, VectorQuery query,
        CancellationToken cancellationToken)
    {
        var candidates = Math.Max(options.HybridCandidates, query.TopK);
        var near = await index.SearchAsync(value, query with { TopK = candidates }, cancellationToken).ConfigureAwait(false);
        var words = await stored.WordsAsync(mapper, property.StorageName, cancellationToken).ConfigureAwait(false);
        var best = await words.SearchAsync(string.Join(' ', keywords), candidates, query.Filter is not { } filter ? null : async ids =>
        {
            var kept = await index.SearchAsync(
                value, new VectorQuery { TopK = ids.Count, Exact = true, Filter = VectorFilter.Ids(ids) & filter }, cancellationToken)
                .ConfigureAwait(false);
            return kept.Select(hit => hit.Id).ToHashSet();
        }).ConfigureAwait(false);
        return [.. ReciprocalRankFusion.FuseIds<VectorId>([[.. near.Select(hit => hit.Id)], best])
            .Take(query.TopK).Select(fused => new VectorHit(fused.Id, (float)fused.Score))];
    }

    private async Task<List<VectorSearchResult<TRecord>>> ResultsAsync(
        IEnumerable<(VectorHit Hit, double Score)> hits, Func<double, bool> passes, bool includesVectors,
        CancellationToken cancellationToken)
    {
        var first = await stored.IndexAsync(mapper, 0, cancellationToken).ConfigureAwait(false);
        var results = new List<VectorSearchResult<TRecord>>();
        foreach (var (hit, score) in hits.Where(each => passes(each.Score)))
        {
            // A hit of a fusion has no content, and one of a further index counts only if the first index has it.
            var isWhole = mapper.Vectors.Count == 1 && !includesVectors && (hit.Text is not null || hit.Metadata is not null);
            if (isWhole)
            {
                results.Add(new(mapper.ToRecord<TRecord>(hit.Id, hit.Text, hit.Metadata), score));
            }
            else if (await first.GetAsync(hit.Id, cancellationToken).ConfigureAwait(false) is { } found)
            {
                results.Add(new(await RecordAsync(found, includesVectors, cancellationToken).ConfigureAwait(false), score));
            }
        }

        return results;
    }

    private async Task<TRecord> RecordAsync(VectorRecord found, bool includesVectors, CancellationToken cancellationToken)
    {
        var record = mapper.ToRecord<TRecord>(found.Id, found.Text, found.Metadata);
        for (var i = 0; includesVectors && i < mapper.Vectors.Count; i++)
        {
            var index = await stored.IndexAsync(mapper, i, cancellationToken).ConfigureAwait(false);
            if ((i == 0 ? found : await index.GetAsync(found.Id, cancellationToken).ConfigureAwait(false)) is { } with)
            {
                mapper.SetVector(record, i, with);
            }
        }

        return record;
    }

    private IOrderedEnumerable<VectorRecord> Sorted(
        List<VectorRecord> records, IReadOnlyList<FilteredRecordRetrievalOptions<TRecord>.OrderByDefinition.SortInfo> sorting)
    {
        IOrderedEnumerable<VectorRecord>? sorted = null;
        foreach (var sort in sorting)
        {
            var property = Model.GetDataOrKeyProperty(sort.PropertySelector);
            Func<VectorRecord, object?> value = property is KeyPropertyModel
                ? record => KeyCodec.Decode(record.Id, property.Type)
                : property == mapper.Text ? record => record.Text
                : record => record.Metadata?.GetValueOrDefault(property.StorageName) is { } label
                    ? LabelCodec.Decode(property.Type, label) : null;
            var order = Comparer<object?>.Create((a, b) => a is string first && b is string second
                ? string.CompareOrdinal(first, second) : Comparer<object?>.Default.Compare(a, b));
            sorted = (sorted, sort.Ascending) switch
            {
                (null, true) => records.OrderBy(value, order),
                (null, false) => records.OrderByDescending(value, order),
                (_, true) => sorted.ThenBy(value, order),
                (_, false) => sorted.ThenByDescending(value, order),
            };
        }

        return sorted!;
    }

    private (int Vector, ScoreScale Scale) Searched(VectorSearchOptions<TRecord> searched)
    {
        var property = Model.GetVectorPropertyOrSingle(searched);
        for (var i = 0; i < mapper.Vectors.Count; i++)
        {
            if (mapper.Vectors[i] == property)
            {
                return (i, mapper.Scales[i]);
            }
        }

        throw new InvalidOperationException($"The property '{property.ModelName}' is not a vector of the collection.");
    }

    private VectorQuery Query(int top, int skip, LambdaExpression? filter, VectorPropertyModel property) => new()
    {
        TopK = (int)Math.Min(int.MaxValue, (long)top + skip),
        Ef = options.Ef,
        Filter = FilterTranslator.Translate(filter, mapper),
        Exact = property.IndexKind == IndexKind.Flat,
    };

    private void GenerateKey(object record)
    {
        if (Model.KeyProperty.IsAutoGenerated && (Model.KeyProperty.GetValueAsObject(record) as Guid? ?? Guid.Empty) == Guid.Empty)
        {
            Model.KeyProperty.SetValueAsObject(record, Guid.CreateVersion7());
        }
    }

    private bool IncludesVectors(bool includes) => includes && Model.EmbeddingGenerationRequired
        ? throw new NotSupportedException(VectorDataStrings.IncludeVectorsNotSupportedWithEmbeddingGeneration)
        : includes;

    private Task<bool> RunAsync(string operation, Func<Task> run) => RunAsync(operation, async () =>
    {
        await run().ConfigureAwait(false);
        return true;
    });

    // A failure of the storage is an exception of the abstractions, with the names of the store, the collection and the operation.
    private async Task<T> RunAsync<T>(string operation, Func<Task<T>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw stored.Failure($"{operation} failed: {e.Message}", operation, e);
        }
    }
}
