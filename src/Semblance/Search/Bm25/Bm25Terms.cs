using System.Buffers;
using System.Text;
using Semblance.Tokenizers.Unicode;

namespace Semblance;

/// <summary>
/// Extracts the terms of texts for <see cref="Bm25Index"/>. A word is a run of letters, digits and marks, in lower case
/// and without accents. In scripts without spaces between words (Chinese characters, kana) and in Hangul, whose words are
/// inflected, the terms are single characters and pairs of adjacent characters.
/// </summary>
public static class Bm25Terms
{
    private const int LongestWord = 255; // longer runs are split, as in Lucene's tokenizer

    /// <summary>Returns the terms of a text, in order; a pair of characters follows its second character.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var terms = new List<string>();
        Visit(text, terms, static (terms, term) => terms.Add(term.ToString()));
        return terms;
    }

    /// <summary>Calls an action with each term of a text, without allocating strings.</summary>
    internal static void Visit<TState>(ReadOnlySpan<char> text, TState state, Action<TState, ReadOnlySpan<char>> visit)
    {
        var word = ArrayPool<char>.Shared.Rent(LongestWord + 8);
        Span<char> pair = stackalloc char[4];
        Span<int> parts = stackalloc int[4];
        var (length, before) = (0, 0); // the length of the current word; the units of the previous character, at the start of the pair
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf16(text, out var rune, out var units);
            text = text[units..];
            if (rune.IsAscii ? char.IsAsciiLetterOrDigit((char)rune.Value) : IsPartOfWord(rune) && !IsCharacterTerm(rune.Value))
            {
                length += Fold(rune.Value, word.AsSpan(length), parts);
                before = 0;
                if (length < LongestWord)
                {
                    continue;
                }
            }

            if (length > 0)
            {
                visit(state, word.AsSpan(0, length));
                length = 0;
            }

            if (!rune.IsAscii && IsCharacterTerm(rune.Value))
            {
                var count = rune.EncodeToUtf16(pair[before..]);
                visit(state, pair.Slice(before, count));
                if (before > 0)
                {
                    visit(state, pair[..(before + count)]);
                    pair.Slice(before, count).CopyTo(pair);
                }

                before = count;
            }
            else
            {
                before = 0;
            }
        }

        if (length > 0)
        {
            visit(state, word.AsSpan(0, length));
        }

        ArrayPool<char>.Shared.Return(word);
    }

    // Lower case, decomposed, without accents, so that both encodings of é become e. Returns the number of units written.
    private static int Fold(int character, Span<char> target, Span<int> room)
    {
        if (character < 0x80)
        {
            target[0] = (char)CharacterData.ToLower(character);
            return 1;
        }

        var written = 0;
        foreach (var part in CharacterData.Decompose(character is >= 0xFF01 and <= 0xFF5E ? character - 0xFEE0 : character, room))
        {
            if (!IsAccent(part))
            {
                written += new Rune(CharacterData.ToLower(part)).EncodeToUtf16(target[written..]);
            }
        }

        return written;
    }

    // Marks above and below letters, and the points of Hebrew, Arabic and Syriac; not the vowel signs of Indic scripts.
    private static bool IsAccent(int character) => CharacterData.CombiningClass(character) is (>= 10 and <= 36) or (>= 200 and <= 240);

    private static bool IsPartOfWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || (CharacterData.ClassOf(rune.Value) & CharacterClass.Mark) != 0
        || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private static bool IsCharacterTerm(int character) => CharacterData.IsChinese(character)
        || character is 0x3005 or 0x3007 or (>= 0x3041 and <= 0x3096) or (>= 0x30A1 and <= 0x30FA) or 0x30FC or (>= 0x31F0 and <= 0x31FF)
            or (>= 0xAC00 and <= 0xD7A3) or (>= 0xFF66 and <= 0xFF9D);
}
