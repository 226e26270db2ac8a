using System.Text;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Models;

/// <summary>
/// Represents a BPE model (byte-pair encoding, Sennrich et al., 2016): a word starts as its characters, and the pair with the lowest rank
/// is merged until no pair can be merged.
/// </summary>
internal sealed class Bpe : Model
{
    private readonly Vocabulary _vocabulary;
    private readonly BpeMerges _merges;
    private readonly BpeOptions _options;
    private readonly WordCache _cache = new();
    private readonly int[]? _bytes;
    private readonly int _unknown = -1;
    private readonly int _continuation;

    public Bpe(Vocabulary vocabulary, BpeMerges merges, BpeOptions options)
    {
        (_vocabulary, _merges, _options) = (vocabulary, merges, options);
        _continuation = vocabulary.Trie.Find(options.Prefix);
        ContinuingSubwordPrefix = options.Prefix;
        _bytes = options.ByteFallback ? vocabulary.ByteTokens() : null;
        _unknown = options.UnknownToken is { } token ? vocabulary.IdOf(token) : -1;
    }

    /// <inheritdoc/>
    public override string ContinuingSubwordPrefix { get; }

    /// <inheritdoc/>
    public override int Size => _vocabulary.Size;

    /// <inheritdoc/>
    public override int Count => _vocabulary.Trie.Count;

    /// <inheritdoc/>
    public override int? UnknownId => _unknown >= 0 ? _unknown : null;

    /// <summary>Reads a model of type BPE.</summary>
    public static new Bpe Read(JsonSection json)
    {
        var vocabulary = Vocabulary.Read(json.Required("vocab"));
        var options = new BpeOptions
        {
            UnknownToken = json.Optional("unk_token")?.Text(),
            Prefix = json.Text("continuing_subword_prefix", ""),
            Suffix = json.Text("end_of_word_suffix", ""),
            FuseUnknown = json.Flag("fuse_unk", false),
            ByteFallback = json.Flag("byte_fallback", false),
            IgnoreMerges = json.Flag("ignore_merges", false),
        };
        var merges = new List<(int, int, int)>();
        foreach (var item in json.Required("merges").Items())
        {
            var (left, right) = ReadMerge(item);
            merges.Add(MergeOf(vocabulary, left, right, options.Prefix, item.Error));
        }

        return new Bpe(vocabulary, new BpeMerges(merges), options);
    }

    /// <summary>Returns a merge as ids.</summary>
    public static (int Left, int Right, int Id) MergeOf(
        Vocabulary vocabulary, string left, string right, string prefix, Func<string, TokenizerFormatException> error)
    {
        var joined = left + (prefix.Length > 0 && right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right);
        foreach (var token in (ReadOnlySpan<string>)[left, right, joined])
        {
            if (vocabulary.IdOf(token) < 0)
            {
                throw error($"the merge of '{left}' and '{right}' needs the token '{token}', which is not in the vocabulary");
            }
        }

        return (vocabulary.IdOf(left), vocabulary.IdOf(right), vocabulary.IdOf(joined));
    }

    /// <inheritdoc/>
    public override int? TokenToId(string token) => _vocabulary.IdOf(token) is var id and >= 0 ? id : null;

    /// <inheritdoc/>
    public override string? IdToToken(int id) => _vocabulary.TokenOf(id);

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> text, int start, int end, TokenList tokens)
    {
        if (_options.IgnoreMerges && _vocabulary.IdOf(text[start..end]) is var whole and >= 0)
        {
            tokens.Add(whole, start, end);
            return;
        }

        if (_cache.TryAppend(text, start, end, tokens))
        {
            return;
        }

        var first = tokens.Count;
        var word = BpeWord.Take();
        AddSymbols(text, start, end, word);
        word.Merge(_merges, tokens);
        _cache.Store(text, start, end, tokens, first);
    }

    /// <summary>Reads <c>"left right"</c> or <c>["left", "right"]</c>.</summary>
    private static (string Left, string Right) ReadMerge(JsonSection json)
    {
        if (json.TextOrNull() is { } text)
        {
            return text.Split(' ') is [var left, var right] ? (left, right) : throw json.Error($"found '{text}', expected two tokens with a space between them");
        }

        return json.Pair() is (var one, var other) ? (one.Text(), other.Text()) : throw json.Error("expected [token, token]");
    }

    private void AddSymbols(ReadOnlySpan<char> text, int start, int end, BpeWord word)
    {
        var endsInUnknown = false;
        for (var i = start; i < end;)
        {
            var next = i + (char.IsHighSurrogate(text[i]) ? 2 : 1);
            var id = IdOf(text[i..next], isFirst: i == start, isLast: next == end);
            if (id >= 0)
            {
                word.Add(id, i, next);
                endsInUnknown = false;
            }
            else if (_bytes is not null && AddBytes(text, i, next, word))
            {
                endsInUnknown = false;
            }
            else if (_unknown >= 0)
            {
                if (endsInUnknown && _options.FuseUnknown)
                {
                    word.Extend(next);
                }
                else
                {
                    word.Add(_unknown, i, next);
                }

                endsInUnknown = true;
            }

            i = next;
        }
    }

    private int IdOf(ReadOnlySpan<char> character, bool isFirst, bool isLast)
    {
        var trie = _vocabulary.Trie;
        var node = isFirst ? 0 : _continuation;
        foreach (var unit in character)
        {
            node = node < 0 ? -1 : trie.Next(node, unit);
        }

        if (isLast)
        {
            foreach (var unit in _options.Suffix)
            {
                node = node < 0 ? -1 : trie.Next(node, unit);
            }
        }

        return node < 0 ? -1 : trie.ValueAt(node);
    }

    private bool AddBytes(ReadOnlySpan<char> text, int start, int end, BpeWord word)
    {
        Span<byte> room = stackalloc byte[4];
        Rune.DecodeFromUtf16(text[start..end], out var rune, out _);
        var bytes = room[..rune.EncodeToUtf8(room)];
        foreach (var value in bytes)
        {
            if (_bytes![value] < 0)
            {
                return false;
            }
        }

        foreach (var value in bytes)
        {
            word.Add(_bytes![value], start, end);
        }

        return true;
    }
}
