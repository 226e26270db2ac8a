namespace Semblance.Server.Collections;

/// <summary>
/// Represents the keyword search of a collection, in memory: BM25 over the texts of its documents. A replaced or deleted document stays in
/// it, unseen, until there are more of those than documents.
/// </summary>
internal sealed class KeywordIndex
{
    private const int WorthCleaning = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<VectorId, int> _numbers = [];
    private List<(VectorId Id, string Text)> _documents = [];
    private Bm25Index _index = new();

    /// <summary>Adds documents, or replaces those with the same ids.</summary>
    public void Upsert(IEnumerable<VectorRecord> records)
    {
        lock (_gate)
        {
            foreach (var record in records.Where(record => record.Text is not null))
            {
                _numbers[record.Id] = _index.Add(record.Text!);
                _documents.Add((record.Id, record.Text!));
            }

            Clean();
        }
    }

    /// <summary>Removes documents.</summary>
    public void Delete(IEnumerable<VectorId> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
            {
                _numbers.Remove(id);
            }

            Clean();
        }
    }

    /// <summary>Returns the ids of the documents that match a query best.</summary>
    /// <param name="query">The query.</param>
    /// <param name="topK">The maximum number of documents.</param>
    public IReadOnlyList<VectorId> Search(string query, int topK)
    {
        lock (_gate)
        {
            var hidden = _documents.Count - _numbers.Count;
            return _documents.Count == 0 ? [] :
            [
                .. _index.Search(query, topK + hidden)
                    .Where(hit => _numbers.TryGetValue(_documents[hit.Index].Id, out var current) && current == hit.Index)
                    .Take(topK).Select(hit => _documents[hit.Index].Id),
            ];
        }
    }

    private void Clean()
    {
        if (_documents.Count - _numbers.Count < Math.Max(WorthCleaning, _numbers.Count))
        {
            return;
        }

        List<(VectorId Id, string Text)> kept =
            [.. _documents.Where((document, i) => _numbers.TryGetValue(document.Id, out var current) && current == i)];
        (_documents, _index) = (kept, new Bm25Index(kept.Select(document => document.Text)));
        for (var i = 0; i < kept.Count; i++)
        {
            _numbers[kept[i].Id] = i;
        }
    }
}
