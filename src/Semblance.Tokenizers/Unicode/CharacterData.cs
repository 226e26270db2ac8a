using System.Text;

namespace Semblance.Tokenizers.Unicode;

/// <summary>
/// Provides Unicode properties with the values that the reference tokenizers use. They come from embedded tables, because the tables of the
/// runtime follow newer versions of Unicode, and its normalization does nothing in globalization-invariant mode.
/// </summary>
public static class CharacterData
{
    private const int HangulFirst = 0xAC00, HangulLast = 0xD7A3;

    private static readonly CharacterTables Tables = new();
    private static readonly CharacterClass[] Classes = Tables.Classes;

    /// <summary>Returns the classes of a character.</summary>
    /// <param name="character">The code point.</param>
    public static CharacterClass ClassOf(int character) => Classes[character];

    /// <summary>Returns the canonical combining class of a character; 0 for a starter.</summary>
    /// <param name="character">The code point.</param>
    public static int CombiningClass(int character) =>
        (ClassOf(character) & CharacterClass.Combining) == 0 ? 0 : Tables.CombiningClasses[character];

    /// <summary>Returns the full canonical decomposition of a character, or the character alone.</summary>
    /// <param name="character">The code point.</param>
    /// <param name="room">Memory for the result; 4 elements are enough.</param>
    public static ReadOnlySpan<int> Decompose(int character, Span<int> room)
    {
        if (character is >= HangulFirst and <= HangulLast)
        {
            var index = character - HangulFirst;
            (room[0], room[1], room[2]) = (0x1100 + (index / 588), 0x1161 + (index % 588 / 28), 0x11A7 + (index % 28));
            return room[..(index % 28 == 0 ? 2 : 3)];
        }

        if ((ClassOf(character) & CharacterClass.Decomposes) != 0)
        {
            return Tables.Decompositions[character];
        }

        room[0] = character;
        return room[..1];
    }

    /// <summary>Returns the lower case of a character. U+0130 also needs a combining dot (U+0307) after it.</summary>
    /// <param name="character">The code point.</param>
    public static int ToLower(int character) => character switch
    {
        < 0x80 => character is >= 'A' and <= 'Z' ? character | 0x20 : character,
        0x130 => 'i',
        // Newer than the tables of the runtime.
        0xA7CE or 0xA7D2 or 0xA7D4 => character + 1,
        >= 0x16EA0 and <= 0x16EB8 => character + 0x1B,
        _ => Rune.ToLowerInvariant(new Rune(character)).Value,
    };

    /// <summary>Returns whether a character is in a block that BERT treats as Chinese; kana and Hangul are not.</summary>
    /// <param name="character">The code point.</param>
    public static bool IsChinese(int character) => character is >= 0x3400 and (<= 0x4DBF or (>= 0x4E00 and <= 0x9FFF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F));

    /// <summary>Gets all characters with a canonical decomposition, without the Hangul syllables.</summary>
    internal static IReadOnlyDictionary<int, int[]> AllDecompositions => Tables.Decompositions;
}
