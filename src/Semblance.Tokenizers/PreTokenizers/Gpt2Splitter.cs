using System.Globalization;
using System.Text;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>
/// Splits a text by the pattern of GPT-2, without the regular expression engine:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal static class Gpt2Splitter
{
    private static readonly Kind[] AsciiKinds = [.. Enumerable.Range(0, 128).Select(c => KindOf(new Rune(c)))];

    private enum Kind : byte
    {
        Other,
        Letter,
        Number,
        Space,
    }

    /// <summary>Adds the words of <c>text[position..end]</c>.</summary>
    public static void Split(ReadOnlySpan<char> text, int position, int end, WordList words)
    {
        text = text[..end];
        while (position < end)
        {
            var next = text[position] == '\'' ? EndOfContraction(text, position) : position;
            if (next == position)
            {
                var kind = KindAt(text, position, out var units);
                if (kind == Kind.Space && text[position] == ' ' && position + 1 < end
                    && KindAt(text, position + 1, out var following) is var behind and not Kind.Space)
                {
                    next = EndOfRun(text, position + 1 + following, behind);
                }
                else
                {
                    next = EndOfRun(text, position + units, kind);

                    // The last white space before a word goes with what follows.
                    if (kind == Kind.Space && next < end && next > position + 1)
                    {
                        next--;
                    }
                }
            }

            words.Add(new Word(position, next));
            position = next;
        }
    }

    private static int EndOfContraction(ReadOnlySpan<char> text, int position)
    {
        var rest = text[(position + 1)..];
        return rest switch
        {
            ['s' or 't' or 'm' or 'd', ..] => position + 2,
            ['r', 'e', ..] or ['v', 'e', ..] or ['l', 'l', ..] => position + 3,
            _ => position,
        };
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int position, Kind kind)
    {
        while (position < text.Length && KindAt(text, position, out var units) == kind)
        {
            position += units;
        }

        return position;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int position, out int units)
    {
        units = 1;
        if (text[position] < 128)
        {
            return AsciiKinds[text[position]];
        }

        Rune.DecodeFromUtf16(text[position..], out var rune, out units);
        return KindOf(rune);
    }

    private static Kind KindOf(Rune rune) => Rune.IsLetter(rune) ? Kind.Letter
        : Rune.IsWhiteSpace(rune) ? Kind.Space
        : Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber ? Kind.Number
        : Kind.Other;
}
