namespace Semblance.Extensions.AI;

/// <summary>
/// Represents the words of one text property of a collection, in memory: BM25 over the records of an index. It is built when words are
/// first searched for, and follows the changes that are made through the collection.
/// </summary>
/// <param name="textOf">The function that returns the text of a record; <see langword="null"/> for none.</param>
internal sealed class KeywordIndex(Func<string?, IReadOnlyDictionary<string, string>?, string?> textOf) : IDisposable
{
    // The index is rebuilt when this many of its texts were replaced or deleted, and they are the majority.
    private const int FewDeleted = 1000;

    private readonly ReaderWriterLockSlim _gate = new();
    private readonly Bm25Index _words = new();
    private readonly List<VectorId?> _ids = [];
    private readonly Dictionary<VectorId, int> _places = [];

    /// <summary>Reads the records of an index.</summary>
    public async Task BuildAsync(IVectorIndex index, CancellationToken cancellationToken)
    {
        await foreach (var record in index.ReadAsync(null, cancellationToken).ConfigureAwait(false))
        {
            Upsert([record]);
        }
    }

    /// <summary>Adds or replaces the texts of records.</summary>
    /// <returns><see langword="false"/> if the index has too many deleted texts and is to be built again.</returns>
    public bool Upsert(IReadOnlyList<VectorRecord> records)
    {
        _gate.EnterWriteLock();
        try
        {
            foreach (var record in records)
            {
                Remove(record.Id);
                if (textOf(record.Text, record.Metadata) is { } text)
                {
                    _places[record.Id] = _words.Add(text);
                    _ids.Add(record.Id);
                }
            }

            return IsCompact;
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Removes the texts of records.</summary>
    /// <returns><inheritdoc cref="Upsert" path="/returns"/></returns>
    public bool Delete(IReadOnlyList<VectorId> ids)
    {
        _gate.EnterWriteLock();
        try
        {
            foreach (var id in ids)
            {
                Remove(id);
            }

            return IsCompact;
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Returns the records with the best texts for some words, of those that a function keeps.</summary>
    /// <param name="words">The words.</param>
    /// <param name="count">The maximum number of records.</param>
    /// <param name="keep">The function that returns the ids to keep; <see langword="null"/> to keep all.</param>
    public async Task<IReadOnlyList<VectorId>> SearchAsync(
        string words, int count, Func<IReadOnlyList<VectorId>, Task<IReadOnlySet<VectorId>>>? keep)
    {
        for (var wanted = count; ; wanted *= 4)
        {
            var (ids, isAll) = Search(words, wanted);
            if (keep is not null && ids.Count > 0)
            {
                var kept = await keep(ids).ConfigureAwait(false);
                ids = [.. ids.Where(kept.Contains)];
            }

            if (ids.Count >= count || isAll)
            {
                return [.. ids.Take(count)];
            }
        }
    }

    public void Dispose() => _gate.Dispose();

    private bool IsCompact => _ids.Count - _places.Count is var deleted && (deleted < FewDeleted || deleted < _places.Count);

    private (IReadOnlyList<VectorId> Ids, bool IsAll) Search(string words, int count)
    {
        _gate.EnterReadLock();
        try
        {
            var hits = _words.Search(words, count);
            return ([.. hits.Select(hit => _ids[hit.Index]).OfType<VectorId>()], hits.Length < count);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    private void Remove(VectorId id)
    {
        if (_places.Remove(id, out var place))
        {
            _ids[place] = null;
        }
    }
}
