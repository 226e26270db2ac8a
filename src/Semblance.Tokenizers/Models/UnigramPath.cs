namespace Semblance.Tokenizers.Models;

/// <summary>The best way to each place of a word, for Viterbi's algorithm. One for each thread, used again.</summary>
internal sealed class UnigramPath
{
    private const int LargestKept = 1 << 14;

    [ThreadStatic]
    private static UnigramPath? _ofThread;

    private readonly List<(int From, int To, int Id)> _tokens = [];
    private (double Score, int Start, int Id)[] _best = new (double, int, int)[64];
    private int _length;

    /// <summary>The thread's path, for a word with a number of units.</summary>
    public static UnigramPath Take(int length)
    {
        var path = _ofThread is { _best.Length: <= LargestKept } kept ? kept : _ofThread = new UnigramPath();
        if (path._best.Length <= length)
        {
            path._best = new (double, int, int)[Math.Max(length + 1, path._best.Length * 2)];
        }

        path._length = length;
        path._best.AsSpan(0, length + 1).Fill((0, -1, -1));
        return path;
    }

    /// <summary>The best sum of scores up to a place.</summary>
    public double ScoreAt(int place) => _best[place].Score;

    /// <summary>Takes a token's sum of scores if it is better than the best so far at its end; of equals the first stays.</summary>
    public void Offer(int start, int end, int id, double score)
    {
        ref var best = ref _best[end];
        if (best.Start < 0 || score > best.Score)
        {
            best = (score, start, id);
        }
    }

    /// <summary>The tokens on the best way, those with the id <paramref name="fused"/> that follow one another as one.</summary>
    public List<(int From, int To, int Id)> Tokens(int fused)
    {
        _tokens.Clear();
        for (var end = _length; end > 0; end = _best[end].Start)
        {
            var (_, start, id) = _best[end];
            if (id == fused && _tokens.Count > 0 && _tokens[^1].Id == fused)
            {
                _tokens[^1] = (start, _tokens[^1].To, id);
            }
            else
            {
                _tokens.Add((start, end, id));
            }
        }

        _tokens.Reverse();
        return _tokens;
    }
}
