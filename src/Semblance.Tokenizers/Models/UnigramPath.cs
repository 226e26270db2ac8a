namespace Semblance.Tokenizers.Models;

/// <summary>Represents the best path to each position of a word, for the Viterbi algorithm. Each thread reuses one.</summary>
internal sealed class UnigramPath
{
    private const int LargestKept = 1 << 14;

    [ThreadStatic]
    private static UnigramPath? _ofThread;

    private readonly List<(int From, int To, int Id)> _tokens = [];
    private (double Score, int Start, int Id)[] _best = new (double, int, int)[64];
    private int _length;

    /// <summary>Returns the best path through a word, valid until the next call on this thread.</summary>
    /// <param name="word">The word.</param>
    /// <param name="pieces">The tokens, whose values are their ids.</param>
    /// <param name="scores">The score of each token.</param>
    /// <param name="unknownScore">The score of a character that is no token.</param>
    /// <param name="unknown">The id of such a character.</param>
    public static UnigramPath Of(ReadOnlySpan<char> word, Trie pieces, double[] scores, double unknownScore, int unknown)
    {
        var path = Take(word.Length);
        for (var i = 0; i < word.Length;)
        {
            var units = char.IsHighSurrogate(word[i]) ? 2 : 1;
            var score = path.ScoreAt(i);
            var hasSingle = false;
            var node = 0;
            for (var k = i; k < word.Length; k++)
            {
                node = pieces.Next(node, word[k]);
                if (node < 0)
                {
                    break;
                }

                if (pieces.ValueAt(node) is var id and >= 0)
                {
                    path.Offer(i, k + 1, id, score + scores[id]);
                    hasSingle |= k + 1 == i + units;
                }
            }

            if (!hasSingle)
            {
                path.Offer(i, i + units, unknown, score + unknownScore);
            }

            i += units;
        }

        return path;
    }

    private static UnigramPath Take(int length)
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

    private double ScoreAt(int position) => _best[position].Score;

    // A token is kept if its sum of scores is greater than the best so far at its end; of equals, the first is kept.
    private void Offer(int start, int end, int id, double score)
    {
        ref var best = ref _best[end];
        if (best.Start < 0 || score > best.Score)
        {
            best = (score, start, id);
        }
    }

    /// <summary>Returns the tokens on the best path; consecutive tokens with the id <paramref name="fused"/> are one.</summary>
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
