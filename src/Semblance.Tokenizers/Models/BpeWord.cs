namespace Semblance.Tokenizers.Models;

/// <summary>Represents the symbols of a word while they are merged. Each thread reuses one.</summary>
internal sealed class BpeWord
{
    // Up to this length, a search for the best pair after each merge is faster than a queue.
    private const int ShortWord = 40;
    private const int LargestKept = 1 << 14;

    [ThreadStatic]
    private static BpeWord? _ofThread;

    private readonly PriorityQueue<(int Symbol, int Id), (int Rank, int Symbol)> _queue = new();
    private int[] _ids = new int[64];
    private int[] _starts = new int[64];
    private int[] _ends = new int[64];
    private int[] _ranks = new int[64];
    private int[] _merged = new int[64];
    private int[] _next = [];
    private int[] _previous = [];
    private int _count;

    /// <summary>Returns the word of the thread, empty.</summary>
    public static BpeWord Take()
    {
        var word = _ofThread is { _ids.Length: <= LargestKept } kept ? kept : _ofThread = new BpeWord();
        word._count = 0;
        return word;
    }

    /// <summary>Appends a symbol with its range of the text.</summary>
    public void Add(int id, int start, int end)
    {
        if (_count == _ids.Length)
        {
            Array.Resize(ref _ids, _count * 2);
            Array.Resize(ref _starts, _count * 2);
            Array.Resize(ref _ends, _count * 2);
            Array.Resize(ref _ranks, _count * 2);
            Array.Resize(ref _merged, _count * 2);
        }

        (_ids[_count], _starts[_count], _ends[_count]) = (id, start, end);
        _count++;
    }

    /// <summary>Extends the last symbol.</summary>
    public void Extend(int end) => _ends[_count - 1] = end;

    /// <summary>Merges pairs until none is left, the lowest rank first and of equals the leftmost, and appends the tokens.</summary>
    public void Merge(BpeMerges merges, TokenList tokens)
    {
        if (_count <= ShortWord)
        {
            MergeShort(merges);
        }
        else
        {
            MergeLong(merges);
        }

        for (var i = 0; i < _count; i++)
        {
            tokens.Add(_ids[i], _starts[i], _ends[i]);
        }
    }

    private void MergeShort(BpeMerges merges)
    {
        for (var i = 0; i + 1 < _count; i++)
        {
            (_ranks[i], _merged[i]) = merges.Find(_ids[i], _ids[i + 1]);
        }

        while (_count > 1)
        {
            var (best, rank) = (0, _ranks[0]);
            for (var i = 1; i + 1 < _count; i++)
            {
                if (_ranks[i] < rank)
                {
                    (best, rank) = (i, _ranks[i]);
                }
            }

            if (rank == int.MaxValue)
            {
                return;
            }

            (_ids[best], _ends[best]) = (_merged[best], _ends[best + 1]);
            _count--;
            for (var i = best + 1; i < _count; i++)
            {
                (_ids[i], _starts[i], _ends[i], _ranks[i], _merged[i]) = (_ids[i + 1], _starts[i + 1], _ends[i + 1], _ranks[i + 1], _merged[i + 1]);
            }

            if (best > 0)
            {
                (_ranks[best - 1], _merged[best - 1]) = merges.Find(_ids[best - 1], _ids[best]);
            }

            if (best + 1 < _count)
            {
                (_ranks[best], _merged[best]) = merges.Find(_ids[best], _ids[best + 1]);
            }
        }
    }

    private void MergeLong(BpeMerges merges)
    {
        if (_next.Length < _count)
        {
            (_next, _previous) = (new int[_ids.Length], new int[_ids.Length]);
        }

        _queue.Clear();
        for (var i = 0; i < _count; i++)
        {
            (_previous[i], _next[i]) = (i - 1, i + 1);
            Enqueue(merges, i);
        }

        while (_queue.TryDequeue(out var merge, out _))
        {
            var symbol = merge.Symbol;
            var right = _ids[symbol] < 0 ? _count : _next[symbol];
            if (right == _count || merges.Find(_ids[symbol], _ids[right]).Id != merge.Id)
            {
                continue;
            }

            (_ids[symbol], _ends[symbol], _next[symbol]) = (merge.Id, _ends[right], _next[right]);
            _ids[right] = -1;
            if (_next[symbol] < _count)
            {
                _previous[_next[symbol]] = symbol;
            }

            Enqueue(merges, symbol);
            if (_previous[symbol] >= 0)
            {
                Enqueue(merges, _previous[symbol]);
            }
        }

        var kept = 0;
        for (var i = 0; i < _count; i = _next[i])
        {
            (_ids[kept], _starts[kept], _ends[kept]) = (_ids[i], _starts[i], _ends[i]);
            kept++;
        }

        _count = kept;
    }

    private void Enqueue(BpeMerges merges, int symbol)
    {
        if (_next[symbol] < _count && merges.Find(_ids[symbol], _ids[_next[symbol]]) is { Id: >= 0 } merge)
        {
            _queue.Enqueue((symbol, merge.Id), (merge.Rank, symbol));
        }
    }
}
