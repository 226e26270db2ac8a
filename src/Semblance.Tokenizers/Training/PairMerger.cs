using System.Runtime.InteropServices;

namespace Semblance.Tokenizers.Training;

/// <summary>
/// Trains byte-pair encoding over words: the most frequent pair of adjacent pieces becomes one piece, again and again. Each pair knows its
/// words and a queue has the most frequent pair, so the cost of a merge is proportional to what it changes.
/// </summary>
internal sealed class PairMerger
{
    /// <summary>The prefix of a piece that does not begin a word.</summary>
    public const string Prefix = "##";

    private readonly int _minFrequency;
    private readonly string _prefix;
    private readonly List<string> _tokens;
    private readonly Dictionary<string, int> _ids = [];
    private readonly List<int> _pieces = [];
    private readonly List<Word> _words = [];
    private readonly Dictionary<(int Left, int Right), Pair> _pairs = [];
    private readonly List<Pair> _grown = [];
    private readonly PriorityQueue<Pair, (long, int, int)> _queue = new();

    /// <summary>Initializes a new instance of the <see cref="PairMerger"/> class.</summary>
    /// <param name="tokens">The initial tokens, including those of one character.</param>
    /// <param name="minFrequency">The minimum count of a pair.</param>
    /// <param name="prefix">The prefix of a piece that does not begin a word; it may be empty.</param>
    public PairMerger(IEnumerable<string> tokens, int minFrequency, string prefix = Prefix)
    {
        (_tokens, _minFrequency, _prefix) = ([.. tokens], minFrequency, prefix);
        for (var id = 0; id < _tokens.Count; id++)
        {
            _ids.Add(_tokens[id], id);
        }
    }

    /// <summary>Adds a word. A word with a character that is not a token is left out, because it stays unknown.</summary>
    public void Add(string text, long count)
    {
        var start = _pieces.Count;
        foreach (var character in text.EnumerateRunes())
        {
            if (!_ids.TryGetValue(_pieces.Count == start ? character.ToString() : _prefix + character, out var id))
            {
                _pieces.RemoveRange(start, _pieces.Count - start);
                return;
            }

            _pieces.Add(id);
        }

        for (var i = start + 1; i < _pieces.Count; i++)
        {
            Change(_pieces[i - 1], _pieces[i], _words.Count, count);
        }

        _words.Add(new Word { Start = start, Length = _pieces.Count - start, Count = count });
    }

    /// <summary>
    /// Merges until there are <paramref name="size"/> tokens, or no pair is frequent enough. Of equally frequent pairs,
    /// the one whose left token is the oldest comes first, then the one whose right token is.
    /// </summary>
    /// <returns>All tokens: the initial ones, then the merged ones in the order of the merges.</returns>
    public IReadOnlyList<string> Merge(int size, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        const int Step = 100;
        var first = _tokens.Count;
        QueueGrown();
        while (_tokens.Count < size && _queue.TryDequeue(out var pair, out var priority))
        {
            if (-priority.Item1 != pair.Queued)
            {
                continue; // another entry replaces it
            }

            if (pair.Count < pair.Queued)
            {
                Queue(pair);
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            Merge(pair);
            if ((_tokens.Count - first) % Step == 0)
            {
                progress?.Report((double)(_tokens.Count - first) / (size - first));
            }
        }

        progress?.Report(1);
        return _tokens;
    }

    private void Merge(Pair pair)
    {
        var token = _tokens[pair.Left] + _tokens[pair.Right][_prefix.Length..];
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_ids, token, out var exists);
        if (!exists) // other pieces may have become the same token
        {
            id = _tokens.Count;
            _tokens.Add(token);
        }

        foreach (var word in pair.Words)
        {
            Merge(pair, id, word);
        }

        _pairs.Remove((pair.Left, pair.Right));
        pair.Queued = 0;
        QueueGrown();
    }

    private void Merge(Pair pair, int merged, int index)
    {
        ref var word = ref CollectionsMarshal.AsSpan(_words)[index];
        var pieces = CollectionsMarshal.AsSpan(_pieces).Slice(word.Start, word.Length);
        var length = 0;
        for (var i = 0; i < pieces.Length; i++)
        {
            if (pieces[i] != pair.Left || i + 1 == pieces.Length || pieces[i + 1] != pair.Right)
            {
                pieces[length++] = pieces[i];
                continue;
            }

            if (length > 0)
            {
                Change(pieces[length - 1], pair.Left, index, -word.Count);
                Change(pieces[length - 1], merged, index, word.Count);
            }

            i++;
            if (i + 1 < pieces.Length)
            {
                Change(pair.Right, pieces[i + 1], index, -word.Count);
                Change(merged, pieces[i + 1], index, word.Count);
            }

            pieces[length++] = merged;
        }

        word.Length = length;
    }

    private void Change(int left, int right, int word, long count)
    {
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, (left, right), out _);
        pair ??= new Pair(left, right);
        pair.Count += count;
        if (count > 0)
        {
            _grown.Add(pair);
            if (pair.Words is not [.., var last] || last != word)
            {
                pair.Words.Add(word);
            }
        }
    }

    private void QueueGrown()
    {
        foreach (var pair in _grown)
        {
            if (pair.Count > pair.Queued)
            {
                Queue(pair);
            }
        }

        _grown.Clear();
    }

    private void Queue(Pair pair)
    {
        pair.Queued = pair.Count >= _minFrequency ? pair.Count : 0;
        if (pair.Queued > 0)
        {
            _queue.Enqueue(pair, (-pair.Queued, pair.Left, pair.Right));
        }
    }

    private struct Word
    {
        public int Start;
        public int Length;
        public long Count;
    }

    private sealed class Pair(int left, int right)
    {
        public int Left { get; } = left;

        public int Right { get; } = right;

        /// <summary>Gets or sets its number of occurrences.</summary>
        public long Count { get; set; }

        /// <summary>Gets or sets its count in the queue, or 0.</summary>
        public long Queued { get; set; }

        /// <summary>Gets the words that contain it, or have contained it.</summary>
        public List<int> Words { get; } = [];
    }
}
