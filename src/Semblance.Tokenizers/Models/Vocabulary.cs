using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Models;

/// <summary>Tokens and their ids.</summary>
internal sealed class Vocabulary
{
    private readonly string?[] _tokens;

    /// <summary>Takes the tokens of a trie by their ids.</summary>
    public Vocabulary(Trie trie, string?[] tokens) => (Trie, _tokens) = (trie, tokens);

    /// <summary>The tokens as a trie with ids as values.</summary>
    public Trie Trie { get; }

    /// <summary>One more than the highest id.</summary>
    public int Size => _tokens.Length;

    /// <summary>Checks the lengths of tokens that are looked for at every place of a text.</summary>
    public static void CheckLengths(IEnumerable<string?> tokens, Func<string, TokenizerFormatException> error)
    {
        const int Longest = 1024;
        foreach (var token in tokens)
        {
            if (token is { Length: > Longest })
            {
                throw error($"the token '{token.AsSpan(0, 20)}…' has {token.Length} characters, expected at most {Longest}");
            }
        }
    }

    /// <summary>Reads an object of tokens and ids.</summary>
    public static Vocabulary Read(JsonSection json)
    {
        var trie = new Trie();
        return new Vocabulary(trie, json.TokenIds(trie));
    }

    /// <summary>The tokens in the order of their ids; of equal ones the last is found.</summary>
    public static Vocabulary From(IReadOnlyList<string> tokens, Func<string, TokenizerFormatException> error)
    {
        var trie = new Trie();
        for (var id = 0; id < tokens.Count; id++)
        {
            if (!trie.Add(tokens[id], id))
            {
                throw error(JsonSection.TooMuchText);
            }
        }

        return new Vocabulary(trie, [.. tokens]);
    }

    /// <summary>The id of a token, or -1.</summary>
    public int IdOf(ReadOnlySpan<char> token) => Trie.Find(token) is var node and >= 0 ? Trie.ValueAt(node) : -1;

    /// <summary>The token with an id, or null.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <summary>The ids of the tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>, -1 for those that are missing.</summary>
    public int[] ByteTokens() => [.. Enumerable.Range(0, 256).Select(value => IdOf($"<0x{value:X2}>"))];
}
