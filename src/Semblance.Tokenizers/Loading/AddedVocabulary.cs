using Semblance.Tokenizers.Models;

namespace Semblance.Tokenizers.Loading;

/// <summary>
/// Represents the added tokens, numbered as the tokenizers library does it: a token of the vocabulary keeps its id, and the others are
/// numbered after the vocabulary, regardless of the id in a file.
/// </summary>
internal sealed class AddedVocabulary(Model model)
{
    private readonly SortedDictionary<int, AddedToken> _tokens = [];
    private readonly Dictionary<string, int> _ids = [];
    private int _highest = -1;

    /// <summary>Gets the tokens in the order of their ids.</summary>
    public IReadOnlyList<AddedToken> Tokens => [.. _tokens.Values];

    /// <summary>Gets the id of the next token that is not in the vocabulary.</summary>
    public int Next => Math.Max(model.Count, _highest + 1);

    /// <summary>Returns the token with a content, or <see langword="null"/>.</summary>
    public AddedToken? Find(string content) =>
        _ids.TryGetValue(content, out var id) && _tokens[id] is var token && token.Content == content ? token : null;

    /// <summary>Returns the id of an added token or of a token of the vocabulary, or <see langword="null"/>.</summary>
    public int? IdOf(string content) => _ids.TryGetValue(content, out var id) ? id : model.TokenToId(content);

    /// <summary>
    /// Adds tokens. Of two with the same content or the same id, the later one counts; a special token stays special. Empty tokens are left
    /// out.
    /// </summary>
    /// <exception cref="TokenizerFormatException">There are more ids than a tokenizer can hold.</exception>
    public void Add(params IEnumerable<AddedToken> tokens)
    {
        var next = Next;
        foreach (var token in tokens)
        {
            if (token.Content.Length == 0)
            {
                continue;
            }

            var id = IdOf(token.Content) ?? next++;
            if (id >= Trie.Limit)
            {
                throw new TokenizerFormatException(
                    $"The added token '{token.Content}' would have the id {id}; expected ids below {Trie.Limit}.");
            }

            var isSpecial = token.Special || (Find(token.Content)?.Special ?? false);
            _tokens[id] = token with { Id = id, Special = isSpecial };
            _ids[token.Content] = id;
            _highest = Math.Max(_highest, id);
        }
    }
}
