using Semblance.Tokenizers;

namespace Semblance.Generation;

/// <summary>
/// Finds the end of a text by stop strings: the text ends with the string, or its last token contains the end of the string, as in
/// transformers' <c>StopStringCriteria</c>.
/// </summary>
/// <param name="tokenizer">The tokenizer that decodes tokens.</param>
/// <param name="strings">The strings, none of them empty.</param>
internal sealed class StopStrings(Tokenizer tokenizer, IReadOnlyList<string> strings)
{
    private const int BytesOfCharacter = 4; // a token is at least a byte

    // More tokens have no effect: these cover the longest string, and the bytes of one character that begins before it.
    private readonly int _window = (strings.Select(text => text.Length).DefaultIfEmpty(0).Max() * BytesOfCharacter) + BytesOfCharacter;

    /// <summary>Returns a value that indicates whether the last token ends the text.</summary>
    /// <param name="tokens">The tokens of the sequence, those of the prompt included.</param>
    public bool EndIn(IReadOnlyList<int> tokens)
    {
        if (strings.Count == 0 || tokens.Count == 0)
        {
            return false;
        }

        int[] last = [.. tokens.Skip(tokens.Count - _window)];
        string text = tokenizer.Decode(last, skipSpecialTokens: false),
            before = tokenizer.Decode(last.AsSpan(..^1), skipSpecialTokens: false);
        var old = text.AsSpan().CommonPrefixLength(before);
        return strings.Any(wanted => text.LastIndexOf(wanted, StringComparison.Ordinal) is >= 0 and var position
            && position + wanted.Length > old);
    }
}
