using Semblance.Server.Inference;
using Semblance.Server.Models;
using Semblance.Tensors;

namespace Semblance.Server.Collections;

/// <summary>Represents documents with their vectors in an index, searched by meaning and by words.</summary>
internal sealed class Collection : IAsyncDisposable
{
    private const int Candidates = 100;
    private const int MaxCachedFilters = 64;

    private readonly ICollectionStorage _storage;
    private readonly CollectionServices _services;
    private readonly SemaphoreSlim _keywordsGate = new(1, 1);
    private readonly Dictionary<string, CollectionFilter> _filters = new(StringComparer.Ordinal);
    private KeywordIndex? _keywords; // built when it is first searched

    public Collection(string name, IVectorIndex index, ICollectionStorage storage, CollectionServices services) =>
        (Name, Index, Settings, _storage, _services) = (name, index, TextIndexSettings.Of(index), storage, services);

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the index.</summary>
    public IVectorIndex Index { get; }

    /// <summary>Gets how documents and queries are encoded.</summary>
    public TextIndexSettings Settings { get; }

    /// <summary>Adds documents, or replaces those with the same ids; they are durable when the task ends.</summary>
    /// <returns>The number of documents and what it cost.</returns>
    public async Task<(long Count, Usage? Usage)> UpsertAsync(IReadOnlyList<VectorRecord> documents, CancellationToken cancellationToken)
    {
        if (Index.HasPassages())
        {
            using var lease = await _services.Models.AcquireAsync(Settings.Model, ModelTask.Embed, cancellationToken).ConfigureAwait(false);
            var model = lease.Model.Dense!;
            var encoding = new EncodeOptions { MaxThreads = 1, Adapter = lease.AdapterOf(model) };
            var written = await new TextIndex(Index, model)
                .UpsertAsync(documents.ToAsyncEnumerable(), encoding, cancellationToken).ConfigureAwait(false);
            _keywords = null; // passages are not known here
            return (written, null);
        }

        var query = new EmbedQuery(Settings.Model, [.. documents.Select(document => (InputText)document.Text!)])
        {
            Prompt = Settings.DocumentPrompt,
            Route = "document",
        };
        var result = await _services.Embeddings.EmbedAsync(query, cancellationToken).ConfigureAwait(false);
        VectorRecord[] records = [.. documents.Zip(result.Results, (document, vector) => document with { Vector = vector })];
        await Index.UpsertAsync(records, cancellationToken).ConfigureAwait(false);
        _keywords?.Upsert(records);
        return (records.Length, result.Usage);
    }

    /// <summary>Deletes documents.</summary>
    /// <returns>The number of deleted documents.</returns>
    public async Task<int> DeleteAsync(IReadOnlyList<VectorId> ids, CancellationToken cancellationToken)
    {
        var count = await Index.DeleteDocumentsAsync(ids, cancellationToken).ConfigureAwait(false);
        if (Index.HasPassages())
        {
            _keywords = null;
        }

        _keywords?.Delete(ids);
        return count;
    }

    /// <summary>Searches for documents.</summary>
    /// <param name="search">The query and how to search.</param>
    /// <param name="cancellationToken">The token that cancels the search.</param>
    public async Task<InferenceResult<DocumentHit>> SearchAsync(CollectionSearch search, CancellationToken cancellationToken)
    {
        var filter = search.Filter is { } json ? FilterOf(json) : null;
        var encoded = await _services.Embeddings.EmbedAsync(
            new EmbedQuery(Settings.Model, [search.Query]) { Prompt = Settings.QueryPrompt, Route = "query" }, cancellationToken)
            .ConfigureAwait(false);
        var isStaged = search.Hybrid || search.Rerank;
        var count = isStaged ? Math.Max(Candidates, search.TopK) : search.TopK;
        var vector = encoded.Results[0];
        var hits = search.Hybrid ? await _storage.HybridSearchAsync(
            Index, vector, search.Query, count, filter?.Vectors, cancellationToken).ConfigureAwait(false) : null;
        if (hits is null)
        {
            hits = (await Index.SearchDocumentsAsync(
                Tensor.From(vector, 1, vector.Length),
                new VectorQuery { TopK = count, Ef = Math.Max(count, VectorQuery.Default.Ef), Filter = filter?.Vectors },
                1,
                cancellationToken).ConfigureAwait(false))[0];
            hits = search.Hybrid ? await FuseAsync(search.Query, hits, count, filter, cancellationToken).ConfigureAwait(false) : hits;
        }

        var usage = encoded.Usage;
        if (search.Rerank && hits.Count > 0)
        {
            (hits, var more) = await RerankAsync(search, hits, cancellationToken).ConfigureAwait(false);
            usage += more;
        }

        return new InferenceResult<DocumentHit>(
            encoded.Model, [.. hits.Where(hit => hit.Score >= (search.MinScore ?? float.MinValue)).Take(search.TopK)], usage);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Index is IAsyncDisposable index)
        {
            await index.DisposeAsync().ConfigureAwait(false);
        }

        _keywordsGate.Dispose();
    }

    // Joins the rankings by vectors and by words by reciprocal ranks, which become the scores.
    private async Task<IReadOnlyList<DocumentHit>> FuseAsync(
        string query, IReadOnlyList<DocumentHit> hits, int count, CollectionFilter? filter, CancellationToken cancellationToken)
    {
        var keywords = await KeywordsAsync(cancellationToken).ConfigureAwait(false);
        var known = hits.ToDictionary(hit => hit.Id);
        var found = new List<VectorId>();
        foreach (var id in keywords.Search(query, filter is null ? count : int.MaxValue / 2))
        {
            if (found.Count == count)
            {
                break;
            }

            if (known.ContainsKey(id))
            {
                found.Add(id);
            }
            else if (await Index.GetAsync(id, cancellationToken).ConfigureAwait(false) is { } record
                && filter?.Matches(id, record.Metadata) != false)
            {
                found.Add(id);
                known[id] = new DocumentHit(id, 0, record.Text, record.Metadata);
            }
        }

        return [.. ReciprocalRankFusion.FuseIds([hits.Select(hit => hit.Id).ToArray(), found])
            .Select(fused => known[fused.Id] with { Score = (float)fused.Score })];
    }

    // Token vectors rank best together with the first ranking; a cross-encoder ranks alone.
    private async Task<(IReadOnlyList<DocumentHit> Hits, Usage Usage)> RerankAsync(
        CollectionSearch search, IReadOnlyList<DocumentHit> hits, CancellationToken cancellationToken)
    {
        DocumentHit[] candidates = [.. hits.Take(Math.Max(Candidates, search.TopK))];
        var query = new RankQuery(search.RerankModel, search.Query, [.. candidates.Select(hit => hit.Text ?? "")]) { Truncate = true };
        var ranked = await _services.Reranker.RankAsync(query, null, cancellationToken).ConfigureAwait(false);
        DocumentHit[] best = [.. ranked.Results.Select(rank => candidates[rank.Index] with { Score = rank.Score })];
        var (_, model) = _services.Models.Find(search.RerankModel, ModelTask.Rerank);
        if (model.Kinds[0] == ModelKind.SentenceTransformer)
        {
            var scores = best.ToDictionary(hit => hit.Id);
            best = [.. ReciprocalRankFusion.FuseIds([candidates.Select(hit => hit.Id).ToArray(), best.Select(hit => hit.Id).ToArray()])
                .Select(fused => scores[fused.Id] with { Score = (float)fused.Score })];
        }

        return (best, ranked.Usage);
    }

    private async Task<KeywordIndex> KeywordsAsync(CancellationToken cancellationToken)
    {
        if (Index.HasPassages())
        {
            throw RequestException.Validation(
                $"The collection '{Name}' divides documents into passages, which hybrid search does not support; leave `hybrid` out.", "hybrid");
        }

        await _keywordsGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_keywords is null)
            {
                var keywords = new KeywordIndex();
                await foreach (var record in Index.ReadAsync(null, cancellationToken).ConfigureAwait(false))
                {
                    keywords.Upsert([record]);
                }

                _keywords = keywords;
            }

            return _keywords;
        }
        finally
        {
            _keywordsGate.Release();
        }
    }

    // The index remembers what matches a filter object.
    private CollectionFilter FilterOf(JsonElement json)
    {
        lock (_filters)
        {
            var text = json.GetRawText();
            if (!_filters.TryGetValue(text, out var filter))
            {
                filter = CollectionFilter.Parse(json);
                if (_filters.Count == MaxCachedFilters)
                {
                    _filters.Clear();
                }

                _filters[text] = filter;
            }

            return filter;
        }
    }
}
