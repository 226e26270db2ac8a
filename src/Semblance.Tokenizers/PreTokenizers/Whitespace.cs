using System.Globalization;
using System.Text;
using Semblance.Tokenizers.Patterns;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Words are runs of word characters and runs of what is neither that nor white space: <c>\w+|[^\w\s]+</c>.</summary>
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

            // Runs of one kind are told apart as matches and non-matches; white space ends both.
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

    /// <summary>Alphabetic, a mark, a decimal digit, connecting punctuation or a joiner.</summary>
    private static bool IsWord(Rune rune) => Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || rune.Value is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169)
            or (>= 0x1F170 and <= 0x1F189);
}
