using System.Text;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Normalizes as the SentencePiece library does: replaces the longest entry of the character map at each position, writes spaces as ▁, adds
/// one before the text, and removes extra spaces; user-defined pieces stay unchanged.
/// </summary>
internal sealed class SentencePieceNormalizer(CharacterMap? map, bool addsDummyPrefix, bool removesExtraSpaces, IEnumerable<string> userDefined) : Normalizer
{
    private const char Space = '▁';
    private const int LongestEntry = 64;

    private readonly Trie _userDefined = MakeTrie(userDefined);

    /// <inheritdoc/>
    public override double Growth => 1 + (map?.LongestReplacement ?? 1);

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        var old = text.Rewrite();
        var isPreviousSpace = removesExtraSpaces;
        Span<byte> bytes = stackalloc byte[LongestEntry];
        for (var i = 0; i < old.Length;)
        {
            var units = NormalizePrefix(old[i..], bytes, out var replacement);
            foreach (var rune in replacement)
            {
                var isSpace = rune.Value == ' ';
                if (!isSpace || !isPreviousSpace)
                {
                    if (text.Length == 0 && addsDummyPrefix)
                    {
                        text.Append(Space, i);
                    }

                    text.Append(isSpace ? Space : rune.Value, i);
                }

                isPreviousSpace = isSpace && removesExtraSpaces;
            }

            i += units;
        }

        while (removesExtraSpaces && text.Length > 0 && text.Text[^1] == Space)
        {
            text.RemoveLast();
        }
    }

    private static Trie MakeTrie(IEnumerable<string> pieces)
    {
        var trie = new Trie();
        foreach (var piece in pieces)
        {
            trie.Add(piece, 0);
        }

        return trie;
    }

    /// <summary>Returns the normalized beginning of a text, and the number of units that it replaces.</summary>
    private int NormalizePrefix(ReadOnlySpan<char> rest, Span<byte> bytes, out StringRuneEnumerator replacement)
    {
        if (_userDefined.LongestPrefix(rest, 0, out var length) < 0 && map is not null)
        {
            System.Text.Unicode.Utf8.FromUtf16(rest, bytes, out _, out var count, replaceInvalidSequences: true);
            if (map.FindLongest(bytes[..count], out var used) is { } entry)
            {
                replacement = entry.EnumerateRunes();
                return System.Text.Encoding.UTF8.GetCharCount(bytes[..used]);
            }
        }

        if (length == 0)
        {
            length = char.IsHighSurrogate(rest[0]) ? 2 : 1;
        }

        replacement = rest[..length].ToString().EnumerateRunes();
        return length;
    }
}
