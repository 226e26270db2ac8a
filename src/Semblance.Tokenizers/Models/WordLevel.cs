using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Models;

/// <summary>Represents a WordLevel model: a word is a token of the vocabulary, or the unknown token.</summary>
internal sealed class WordLevel(Vocabulary vocabulary, int unknown) : Model
{
    /// <inheritdoc/>
    public override int Size => vocabulary.Size;

    /// <inheritdoc/>
    public override int Count => vocabulary.Trie.Count;

    /// <inheritdoc/>
    public override int? UnknownId => unknown;

    /// <summary>Reads a model of type WordLevel.</summary>
    public static new WordLevel Read(JsonSection json)
    {
        var vocabulary = Vocabulary.Read(json.Required("vocab"));
        var token = json.Text("unk_token", "<unk>");
        return vocabulary.IdOf(token) is var id and >= 0 ? new WordLevel(vocabulary, id)
            : throw json.Error($"the vocabulary of {vocabulary.Size} tokens lacks the unknown token '{token}'; add it, or change unk_token");
    }

    /// <inheritdoc/>
    public override int? TokenToId(string token) => vocabulary.IdOf(token) is var id and >= 0 ? id : null;

    /// <inheritdoc/>
    public override string? IdToToken(int id) => vocabulary.TokenOf(id);

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> text, int start, int end, TokenList tokens) =>
        tokens.Add(vocabulary.IdOf(text[start..end]) is var id and >= 0 ? id : unknown, start, end);
}
