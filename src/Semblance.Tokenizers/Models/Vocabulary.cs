using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Models;

/// <summary>Represents a vocabulary: tokens and their ids.</summary>
internal sealed class Vocabulary
{
    private readonly string?[] _tokens;

    /// <summary>Initializes a new instance of the <see cref="Vocabulary"/> class.</summary>
    /// <param name="trie">The tokens, with their ids as values.</param>
    /// <param name="tokens">The tokens by id.</param>
    public Vocabulary(Trie trie, string?[] tokens) => (Trie, _tokens) = (trie, tokens);

    /// <summary>Gets the tokens as a trie with the ids as values.</summary>
    public Trie Trie { get; }

    /// <summary>Gets the highest id plus 1.</summary>
    public int Size => _tokens.Length;

    /// <summary>Checks the lengths of tokens that are searched at every position of a text.</summary>
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

    /// <summary>Reads a JSON object from tokens to ids.</summary>
    public static Vocabulary Read(JsonSection json)
    {
        var trie = new Trie(json.Count);
        return new Vocabulary(trie, json.TokenIds(trie));
    }

    /// <summary>Creates a vocabulary from tokens in the order of their ids; of equal tokens, the last is found.</summary>
    public static Vocabulary From(IReadOnlyList<string> tokens, Func<string, TokenizerFormatException> error)
    {
        var trie = new Trie(tokens.Count);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (!trie.Add(tokens[id], id))
            {
                throw error(JsonSection.TooMuchText);
            }
        }

        return new Vocabulary(trie, [.. tokens]);
    }

    /// <summary>Returns the id of a token, or -1.</summary>
    public int IdOf(ReadOnlySpan<char> token) => Trie.Find(token) is var node and >= 0 ? Trie.ValueAt(node) : -1;

    /// <summary>Returns the token with an id, or <see langword="null"/>.</summary>
    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;

    /// <summary>Returns the ids of the tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>, -1 for a missing one.</summary>
    public int[] ByteTokens() => [.. Enumerable.Range(0, 256).Select(value => IdOf($"<0x{value:X2}>"))];
}
