using Semblance.Tokenizers.Models;

namespace Semblance.Tokenizers.Loading;

/// <summary>
/// Added tokens, numbered as the tokenizers library does it: a token of the vocabulary keeps its id, and the others count on from the
/// vocabulary's size, whatever id a file gives them.
/// </summary>
internal sealed class AddedVocabulary(Model model)
{
    private readonly SortedDictionary<int, AddedToken> _tokens = [];
    private readonly Dictionary<string, int> _ids = [];
    private int _highest = -1;

    /// <summary>The tokens by their ids.</summary>
    public IReadOnlyList<AddedToken> Tokens => [.. _tokens.Values];

    /// <summary>The id of the next token that the vocabulary lacks.</summary>
    public int Next => Math.Max(model.Count, _highest + 1);

    /// <summary>The token with a content, or null.</summary>
    public AddedToken? Find(string content) =>
        _ids.TryGetValue(content, out var id) && _tokens[id] is var token && token.Content == content ? token : null;

    /// <summary>The id of an added token or of one of the vocabulary, or null.</summary>
    public int? IdOf(string content) => _ids.TryGetValue(content, out var id) ? id : model.TokenToId(content);

    /// <summary>
    /// Adds tokens. Of two with one content, or with one id, the later counts; what was special once stays so. Empty tokens are left out.
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
                throw new TokenizerFormatException($"The added token '{token.Content}' would have the id {id}; a tokenizer has ids below {Trie.Limit}.");
            }

            var isSpecial = token.Special || (Find(token.Content)?.Special ?? false);
            _tokens[id] = token with { Id = id, Special = isSpecial };
            _ids[token.Content] = id;
            _highest = Math.Max(_highest, id);
        }
    }
}
