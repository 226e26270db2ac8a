using System.Numerics;

namespace Semblance;

/// <summary>
/// Represents the content of an index: a segment with its graph, the vectors deleted from it since, and the vectors of the log, which are
/// compared one by one.
/// </summary>
/// <remarks>Not thread-safe; <see cref="IndexStore"/> locks readers and the writer.</remarks>
internal sealed unsafe class IndexState
{
    // One more candidate costs about as much as comparing this many vectors.
    private const double WalkCost = 10;

    private readonly SimilarityFunction _similarity;
    private readonly string _logPath;
    private readonly ulong[] _deleted;
    private readonly List<TailEntry> _tail = [];
    private readonly Dictionary<VectorId, TailEntry> _tailIds = [];
    private readonly Comparison<int> _compareIds;
    private int _liveInSegment;

    public IndexState(Segment segment, SimilarityFunction similarity, string logPath)
    {
        Segment = segment;
        _similarity = similarity;
        _logPath = logPath;
        _deleted = segment.Deleted();
        _compareIds = (a, b) => StoredRecord.CompareIds(Stored(a).IdBytes, Stored(b).IdBytes);
        _liveInSegment = segment.Count - Ones(_deleted);
    }

    public Segment Segment { get; }

    /// <summary>Gets the number of vectors.</summary>
    public int Count => _liveInSegment + _tailIds.Count;

    /// <summary>Gets the number of vectors of the log, including deleted ones.</summary>
    public int TailCount => _tail.Count;

    /// <summary>Gets the number of deleted vectors that are still in the graph.</summary>
    public int DeletedInSegment => Segment.Count - _liveInSegment;

    public IReadOnlyList<TailEntry> Tail => _tail;

    public bool IsDeleted(int node) => (_deleted[node / 64] >> (node % 64) & 1) != 0;

    public bool Contains(VectorId id) => _tailIds.ContainsKey(id) || Find(StoredRecord.EncodeId(id)) >= 0;

    public void Upsert(TailEntry entry)
    {
        var record = new StoredRecord(_logPath, entry.Record);
        Delete(record.IdBytes);
        _tail.Add(entry);
        _tailIds.Add(record.Id, entry);
    }

    /// <summary>Deletes the vector with an id and returns a value that indicates whether it existed.</summary>
    public bool Delete(ReadOnlySpan<byte> id)
    {
        if (_tailIds.Remove(new StoredRecord(_logPath, id).Id, out var entry))
        {
            entry.IsDeleted = true;
            return true;
        }

        var node = Find(id);
        if (node >= 0)
        {
            _deleted[node / 64] |= 1UL << (node % 64);
            _liveInSegment--;
        }

        return node >= 0;
    }

    public VectorRecord? Get(VectorId id)
    {
        if (_tailIds.TryGetValue(id, out var entry))
        {
            return Record(entry);
        }

        var node = Find(StoredRecord.EncodeId(id));
        return node >= 0 ? Record(node) : null;
    }

    /// <summary>Returns the largest of the ids that are numbers.</summary>
    public long? LargestNumber(CancellationToken cancellationToken)
    {
        var largest = _tailIds.Keys.Where(id => id.Text is null).Max(id => (long?)id.Number);
        for (var node = 0; node < Segment.Count; node++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsDeleted(node) && Segment.Record(node).Id is { Text: null, Number: var number } && !(number <= largest))
            {
                largest = number;
            }
        }

        return largest;
    }

    public VectorRecord Record(TailEntry entry) => new StoredRecord(_logPath, entry.Record).Record(entry.Vector);

    public VectorRecord Record(int node) => Segment.Record(node).Record(Segment.SoundVector(node).ToArray());

    public bool Matches(VectorFilter? filter, TailEntry entry) =>
        !entry.IsDeleted && filter?.Matches(new StoredRecord(_logPath, entry.Record)) != false;

    public bool Matches(VectorFilter? filter, int node) => !IsDeleted(node) && filter?.Matches(Segment.Record(node)) != false;

    /// <summary>Returns the vectors nearest to a query; those with equal scores in the order of their ids.</summary>
    /// <param name="ready">The query as <see cref="ReadyVector"/> returns it.</param>
    /// <param name="options">The search options.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public VectorHit[] Search(ReadOnlySpan<float> ready, VectorQuery options, CancellationToken cancellationToken)
    {
        var scratch = Segment.Rent();
        try
        {
            var vector = Segment.Prepare(ready, scratch, out var code);
            var results = new NearestRecords(_compareIds);
            results.Clear(Math.Min(options.TopK, Math.Max(1, Count)));
            SearchSegment(vector, code, options, results, scratch, cancellationToken);
            SearchTail(vector, options.Filter, results, scratch);
            var hits = new VectorHit[results.Count];
            for (var i = 0; i < hits.Length; i++)
            {
                var (distance, record) = results.Items[i];
                var score = VectorDistance.Score(distance, _similarity);
                hits[i] = record < Segment.Count ? Segment.Hit(record, score) : Stored(record).Hit(score);
            }

            return hits;
        }
        finally
        {
            Segment.Return(scratch);
        }
    }

    private void SearchSegment(
        byte* vector, byte* code, VectorQuery options, NearestRecords results, HnswScratch scratch, CancellationToken cancellationToken)
    {
        var matching = options.Filter is null ? null : Segment.Matching(options.Filter);
        var eligible = matching is null ? _liveInSegment : Eligible(matching);
        var ef = Math.Max(options.Ef, options.TopK);
        if (eligible == 0)
        {
            return;
        }

        // A few matching vectors are compared one by one; otherwise enough candidates are kept for about ef of them to match.
        var kept = (double)ef * Segment.Count / eligible;
        var isWalked = !options.Exact && (double)eligible * eligible > WalkCost * ef * Segment.Count;
        for (var attempt = 0; isWalked && attempt < 2; attempt++, kept *= 4)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.Clear(results.Capacity);
            Walk(vector, code, (int)Math.Min(kept, Segment.Count), matching, results, scratch);
            if (results.Count == Math.Min(results.Capacity, eligible))
            {
                return;
            }
        }

        // Needed also if no vector near the query matches, or the graph is not connected.
        Scan(vector, matching, results, scratch, cancellationToken);
    }

    private void Walk(byte* vector, byte* code, int ef, ulong[]? matching, NearestRecords results, HnswScratch scratch)
    {
        var isExact = vector == code;
        foreach (var candidate in HnswSearch.Nearest(Segment.Graph, Segment.Codes, code, ef, scratch))
        {
            var node = candidate.Node;
            var distance = isExact ? candidate.Distance : Distance(vector, node, scratch);
            var group = Segment.Groups.At(node, out var radius);
            if (group.IsEmpty)
            {
                if (distance <= results.Bound && Counts(node, matching))
                {
                    results.Offer(distance, node);
                }
            }
            else if (Nearest(distance, radius, scratch.Norm) <= results.Bound)
            {
                OfferGroup(vector, group, matching, results, scratch);
            }
        }
    }

    // Equal vectors are compared once. They are in the order of their ids: after one that is not kept, none is.
    private void OfferGroup(byte* vector, ReadOnlySpan<int> group, ulong[]? matching, NearestRecords results, HnswScratch scratch)
    {
        for (var i = 0; i < group.Length;)
        {
            var distance = Distance(vector, Segment.Groups.Record(group[i]), scratch);
            var isNear = distance <= results.Bound;
            do
            {
                var record = Segment.Groups.Record(group[i]);
                isNear = isNear && (!Counts(record, matching) || results.Offer(distance, record));
                i++;
            }
            while (i < group.Length && group[i] < 0);
        }
    }

    // The least distance to the query of a vector within a radius of one at the given distance.
    private float Nearest(float distance, float radius, float norm)
    {
        if (radius == 0)
        {
            return distance;
        }

        if (_similarity != SimilarityFunction.Euclidean)
        {
            return distance - (norm * radius);
        }

        var left = MathF.Max(0, MathF.Sqrt(distance) - radius);
        return left * left;
    }

    private void Scan(byte* vector, ulong[]? matching, NearestRecords results, HnswScratch scratch, CancellationToken cancellationToken)
    {
        results.Clear(results.Capacity);
        for (var word = 0; word < _deleted.Length; word++)
        {
            if (word % 1024 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var left = ~_deleted[word] & (matching is null ? ulong.MaxValue : matching[word]);
            for (; left != 0; left &= left - 1)
            {
                var record = (word * 64) + BitOperations.TrailingZeroCount(left);
                if (record >= Segment.Count)
                {
                    break;
                }

                var distance = Distance(vector, record, scratch);
                if (distance <= results.Bound)
                {
                    results.Offer(distance, record);
                }
            }
        }
    }

    private void SearchTail(byte* vector, VectorFilter? filter, NearestRecords results, HnswScratch scratch)
    {
        for (var i = 0; i < _tail.Count; i++)
        {
            if (Matches(filter, _tail[i]))
            {
                fixed (float* other = _tail[i].Padded)
                {
                    // Not checked here: the checksums of the log were verified when it was read.
                    results.Offer(Segment.Vectors.Distance(vector, (byte*)other), Segment.Count + i);
                }
            }
        }
    }

    private float Distance(byte* vector, int record, HnswScratch scratch)
    {
        var distance = Segment.Vectors.Distance(vector, record);
        return MathF.Abs(distance) <= scratch.VectorLimit ? distance : throw Segment.Graph.DamagedVector(record);
    }

    private bool Counts(int record, ulong[]? matching) =>
        !IsDeleted(record) && (matching is null || (matching[record / 64] >> (record % 64) & 1) != 0);

    // Records of the log are numbered after those of the segment.
    private StoredRecord Stored(int record) =>
        record < Segment.Count ? Segment.Record(record) : new StoredRecord(_logPath, _tail[record - Segment.Count].Record);

    private int Eligible(ulong[] matching)
    {
        var count = 0;
        for (var word = 0; word < matching.Length; word++)
        {
            count += BitOperations.PopCount(matching[word] & ~_deleted[word]);
        }

        return count;
    }

    private static int Ones(ulong[] words)
    {
        var count = 0;
        foreach (var word in words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    // The vector of the segment with an id that is not deleted, or −1.
    private int Find(ReadOnlySpan<byte> id)
    {
        var node = Segment.Find(id);
        return node >= 0 && !IsDeleted(node) ? node : -1;
    }
}
