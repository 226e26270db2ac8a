using System.Buffers;
using System.Globalization;

namespace Semblance.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost first, and of several at one position the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Trie _trie = new();
    private readonly List<AddedToken> _tokens = [];
    private readonly SearchValues<char> _firsts;

    /// <summary>Initializes a new instance of the <see cref="AddedTokenMatcher"/> class.</summary>
    /// <param name="tokens">The tokens, each with its text in the original or the normalized text.</param>
    public AddedTokenMatcher(IEnumerable<(AddedToken Token, string Text)> tokens)
    {
        var firsts = new HashSet<char>();
        foreach (var (token, text) in tokens)
        {
            if (text.Length > 0 && _trie.Add(text, _tokens.Count))
            {
                firsts.Add(text[0]);
                _tokens.Add(token);
                IsLocal &= !token.TrimLeft && !token.TrimRight && !text.Any(char.IsWhiteSpace);
            }
        }

        _firsts = SearchValues.Create([.. firsts]);
    }

    /// <summary>Gets a value that indicates whether there are no tokens.</summary>
    public bool IsEmpty => _tokens.Count == 0;

    /// <summary>Gets a value that indicates whether no token includes or contains white space.</summary>
    public bool IsLocal { get; } = true;

    /// <summary>
    /// Returns the first token that begins in <c>text[from..until]</c>, with the white space that it includes, or <see langword="null"/>.
    /// </summary>
    public AddedToken? Find(ReadOnlySpan<char> text, int from, int until, out int start, out int end)
    {
        (start, end) = (from, from);
        for (var position = from; position < until;)
        {
            var next = text[position..until].IndexOfAny(_firsts);
            if (next < 0)
            {
                return null;
            }

            position += next;
            var index = _trie.LongestPrefix(text[position..], 0, out var length);
            if (index < 0)
            {
                position++;
                continue;
            }

            var token = _tokens[index];
            (start, end) = (position, position + length);
            position = end;
            if (token.SingleWord && ((start > 0 && IsWord(text[start - 1])) || (end < text.Length && IsWord(text[end]))))
            {
                continue;
            }

            while (token.TrimLeft && start > from && char.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }

            while (token.TrimRight && end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            return token;
        }

        return null;
    }

    /// <summary>Returns whether a character is a word character (<c>\w</c>); half of a surrogate pair is not.</summary>
    private static bool IsWord(char character) =>
        char.IsLetterOrDigit(character) || character is '\u200C' or '\u200D'
        || char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.LetterNumber;
}
