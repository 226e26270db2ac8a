using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Models;

/// <summary>
/// Represents a unigram language model (Kudo, 2018): a word is split into the tokens with the highest sum of scores, found by the Viterbi
/// algorithm. A character that no token covers scores 10 less than the worst token. It becomes the unknown token, and is left out if there
/// is none.
/// </summary>
internal sealed class Unigram : Model
{
    private const double UnknownPenalty = 10;

    private readonly Vocabulary _vocabulary;
    private readonly Trie _pieces;
    private readonly double[] _scores;
    private readonly int _unknown;
    private readonly double _unknownScore;
    private readonly int[]? _bytes;
    private readonly WordCache _cache = new();

    /// <summary>Initializes a new instance of the <see cref="Unigram"/> class.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="pieces">The tokens that are found in texts.</param>
    /// <param name="scores">The logarithms of the probabilities of the tokens.</param>
    /// <param name="unknown">The id of the unknown token; -1 for none.</param>
    /// <param name="byteFallback">
    /// <see langword="true"/> to replace unknown characters with the tokens of their bytes, if there is one for each.
    /// </param>
    public Unigram(Vocabulary vocabulary, Trie pieces, double[] scores, int unknown, bool byteFallback)
    {
        (_vocabulary, _pieces, _scores, _unknown) = (vocabulary, pieces, scores, unknown);
        _unknownScore = scores.DefaultIfEmpty().Min() - UnknownPenalty;
        _bytes = byteFallback ? vocabulary.ByteTokens() : null;
    }

    /// <inheritdoc/>
    public override int Size => _vocabulary.Size;

    /// <inheritdoc/>
    public override int Count => _vocabulary.Size;

    /// <inheritdoc/>
    public override int? UnknownId => _unknown >= 0 ? _unknown : null;

    /// <summary>Reads a model of type Unigram.</summary>
    public static new Unigram Read(JsonSection json)
    {
        var items = json.Required("vocab");
        var tokens = new List<string>(items.Count);
        var scores = new List<double>(items.Count);
        foreach (var item in items.Items())
        {
            if (item.Pair() is not (var token, var score))
            {
                throw item.Error("expected [token, score]");
            }

            tokens.Add(token.Text());
            scores.Add(score.NumberOrNull() is { } number && double.IsFinite(number)
                ? number
                : throw item.Error($"the score of '{token.Text()}' is not a finite number"));
        }

        var unknown = json.Optional("unk_id")?.TokenId() ?? -1;
        var vocabulary = Vocabulary.From(tokens, json.Error);
        Vocabulary.CheckLengths(tokens, json.Error);
        return unknown < tokens.Count
            ? new Unigram(vocabulary, vocabulary.Trie, [.. scores], unknown, json.Flag("byte_fallback", false))
            : throw json.Error($"unk_id is {unknown}, but the vocabulary has {tokens.Count} tokens");
    }

    /// <inheritdoc/>
    public override int? TokenToId(string token) => _vocabulary.IdOf(token) is var id and >= 0 ? id : null;

    /// <inheritdoc/>
    public override string? IdToToken(int id) => _vocabulary.TokenOf(id);

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> text, int start, int end, TokenList tokens)
    {
        if (_cache.TryAppend(text, start, end, tokens))
        {
            return;
        }

        var first = tokens.Count;
        var word = text[start..end];
        foreach (var (from, to, id) in UnigramPath.Of(word, _pieces, _scores, _unknownScore, _unknown).Tokens(_unknown))
        {
            AddToken(word, from, to, id, start, tokens);
        }

        _cache.Store(text, start, end, tokens, first);
    }

    private void AddToken(ReadOnlySpan<char> word, int from, int to, int id, int start, TokenList tokens)
    {
        // Unknown characters together can be a token whose score was too low.
        var known = id == _unknown ? _vocabulary.IdOf(word[from..to]) : id;
        if (known >= 0)
        {
            tokens.Add(known, start + from, start + to);
            return;
        }

        var first = tokens.Count;
        if (_bytes is not null && AddBytes(word, from, to, start, tokens))
        {
            return;
        }

        tokens.Truncate(first);
        if (_unknown >= 0)
        {
            tokens.Add(_unknown, start + from, start + to);
            tokens.SetSurface(word[from..to].ToString());
        }
    }

    /// <summary>Appends the tokens of the bytes; returns <see langword="false"/> if one is missing.</summary>
    private bool AddBytes(ReadOnlySpan<char> word, int from, int to, int start, TokenList tokens)
    {
        Span<byte> room = stackalloc byte[4];
        foreach (var rune in word[from..to].EnumerateRunes())
        {
            foreach (var value in room[..rune.EncodeToUtf8(room)])
            {
                if (_bytes![value] < 0)
                {
                    return false;
                }

                tokens.Add(_bytes[value], start + from, start + to);
            }
        }

        return true;
    }
}
