using System.Globalization;
using System.Text;
using Semblance.Tokenizers.Patterns;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>
/// Splits a text into sequences of word characters and sequences of other characters without white space: <c>\w+|[^\w\s]+</c>.
/// </summary>
internal sealed class Whitespace : PreTokenizer
{
    /// <inheritdoc/>
    public override Locality Locality => Locality.Words;

    /// <inheritdoc/>
    public override void Split(NormalizedText text, WordList words)
    {
        var units = text.Text;
        foreach (var word in words.Restart())
        {
            if (word.Id >= 0)
            {
                words.Add(word);
                continue;
            }

            // A sequence of word characters is a match, one of other characters is not; white space ends both.
            var writer = new SplitWriter(words, SplitBehavior.Contiguous);
            for (var i = word.Start; i < word.End;)
            {
                Rune.DecodeFromUtf16(units[i..word.End], out var rune, out var length);
                if (Rune.IsWhiteSpace(rune))
                {
                    writer.Finish();
                }
                else
                {
                    writer.Add(i, i + length, IsWord(rune));
                }

                i += length;
            }

            writer.Finish();
        }
    }

    /// <summary>Returns whether a character is alphabetic, a mark, a decimal digit, connector punctuation or a joiner.</summary>
    private static bool IsWord(Rune rune) => Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || rune.Value is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169)
            or (>= 0x1F170 and <= 0x1F189);
}
