using System.Globalization;
using System.Text;

namespace Semblance.Tokenizers.Patterns;

/// <summary>Provides, for each character beyond U+FFFF, a rare character up to U+FFFF of the same general category.</summary>
internal static class StandIn
{
    /// <summary>Returns the replacement of a character.</summary>
    public static char For(int character) => Rune.GetUnicodeCategory(new Rune(character)) switch
    {
        UnicodeCategory.UppercaseLetter => '\uA78B',
        UnicodeCategory.LowercaseLetter => '\uA78C',
        UnicodeCategory.ModifierLetter => '\uA788',
        UnicodeCategory.OtherLetter => character is >= 0x20000 and < 0x40000 ? '\u3400' : '\uA4D0',
        UnicodeCategory.NonSpacingMark => '\uA802',
        UnicodeCategory.SpacingCombiningMark => '\uA823',
        UnicodeCategory.EnclosingMark => '\uA670',
        UnicodeCategory.DecimalDigitNumber => '\uA8D0',
        UnicodeCategory.LetterNumber => '\uA6E6',
        UnicodeCategory.OtherNumber => '\uA830',
        UnicodeCategory.DashPunctuation => '\u1400',
        UnicodeCategory.OpenPunctuation => '\u0F3A',
        UnicodeCategory.ClosePunctuation => '\u0F3B',
        UnicodeCategory.ConnectorPunctuation => '\uFE4D',
        UnicodeCategory.OtherPunctuation => '\uA4FE',
        UnicodeCategory.MathSymbol => '\u2A00',
        UnicodeCategory.CurrencySymbol => '\uA838',
        UnicodeCategory.ModifierSymbol => '\uA700',
        UnicodeCategory.OtherSymbol => '\uA828',
        UnicodeCategory.Format => '\uFFF9',
        UnicodeCategory.PrivateUse => '\uE000',
        _ => '\uFDD0',
    };
}
