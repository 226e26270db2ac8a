using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Models;

/// <summary>
/// Represents a WordPiece model: a word is split from the left into the longest tokens of the vocabulary; tokens after the first have a
/// prefix (<c>##</c>). A word that cannot be split, or that has more code points than the limit, becomes the unknown token.
/// </summary>
internal sealed class WordPiece : Model
{
    private readonly Trie _trie;
    private readonly string?[] _tokens;
    private readonly int _unknown;
    private readonly int _maxCharacters;
    private readonly int _continuation;

    private WordPiece(Trie trie, string?[] tokens, int unknown, string prefix, int maxCharacters)
    {
        (_trie, _tokens, _unknown, _maxCharacters) = (trie, tokens, unknown, maxCharacters);
        _continuation = trie.Find(prefix);
        ContinuingSubwordPrefix = prefix;
    }

    /// <inheritdoc/>
    public override string ContinuingSubwordPrefix { get; }

    /// <inheritdoc/>
    public override int Size => _tokens.Length;

    /// <inheritdoc/>
    public override int Count => _trie.Count;

    /// <inheritdoc/>
    public override int? UnknownId => _unknown;

    /// <summary>Reads a model of type WordPiece.</summary>
    public static new WordPiece Read(JsonSection json)
    {
        var trie = new Trie();
        var tokens = json.Required("vocab").TokenIds(trie);
        Vocabulary.CheckLengths(tokens, json.Error);
        var unknownToken = json.Text("unk_token", "[UNK]");
        var unknown = trie.Find(unknownToken) is var node and >= 0 ? trie.ValueAt(node) : -1;
        return unknown < 0
            ? throw json.Error($"the vocabulary of {tokens.Length} tokens lacks the unknown token '{unknownToken}'; add it, or change unk_token")
            : new WordPiece(
                trie, tokens, unknown, json.Text("continuing_subword_prefix", "##"), json.Number("max_input_chars_per_word", 100));
    }

    /// <inheritdoc/>
    public override int? TokenToId(string token) =>
        _trie.Find(token) is var node and >= 0 && _trie.ValueAt(node) is var id and >= 0 ? id : null;

    /// <inheritdoc/>
    public override string? IdToToken(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> text, int start, int end, TokenList tokens)
    {
        var first = tokens.Count;
        var position = IsTooLong(text[start..end]) ? -1 : start;
        for (var node = 0; position >= 0 && position < end; node = _continuation)
        {
            var length = 0;
            var id = node < 0 ? -1 : _trie.LongestPrefix(text[position..end], node, out length);
            if (id < 0)
            {
                position = -1;
                break;
            }

            tokens.Add(id, position, position + length);
            position += length;
        }

        if (position < 0)
        {
            tokens.Truncate(first);
            tokens.Add(_unknown, start, end);
        }
    }

    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= _maxCharacters)
        {
            return false;
        }

        // A character has at most two units.
        if (word.Length > 2L * _maxCharacters)
        {
            return true;
        }

        var characters = 0;
        foreach (var unit in word)
        {
            characters += char.IsLowSurrogate(unit) ? 0 : 1;
        }

        return characters > _maxCharacters;
    }
}
