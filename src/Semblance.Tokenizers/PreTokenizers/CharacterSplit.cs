using System.Globalization;
using System.Text;
using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.Patterns;
using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Splits at the characters of one kind: white space, punctuation, digits or a delimiter.</summary>
internal sealed class CharacterSplit(Func<Rune, bool> isMatch, SplitBehavior behavior, Locality locality = Locality.Whole) : PreTokenizer
{
    /// <summary>Gets the pre-tokenizer WhitespaceSplit, which splits at white space.</summary>
    public static CharacterSplit AtWhiteSpace { get; } = new(Rune.IsWhiteSpace, SplitBehavior.Removed, Locality.Words);

    /// <inheritdoc/>
    public override Locality Locality => locality;

    /// <inheritdoc/>
    public override bool LooksAtCharacters => true;

    /// <summary>Reads a pre-tokenizer of type Punctuation.</summary>
    public static CharacterSplit ReadPunctuation(JsonSection json) =>
        Punctuation(json.Optional("behavior") is { } behavior ? SplitWriter.Read(behavior) : SplitBehavior.Isolated);

    /// <summary>Creates a pre-tokenizer that splits at punctuation.</summary>
    public static CharacterSplit Punctuation(SplitBehavior behavior) => new(IsPunctuation, behavior);

    /// <summary>Reads a pre-tokenizer of type Digits: a sequence of digits, or each digit, is a word.</summary>
    public static CharacterSplit ReadDigits(JsonSection json) =>
        new(IsNumeric, json.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous);

    /// <summary>Reads a pre-tokenizer of type CharDelimiterSplit.</summary>
    public static CharacterSplit ReadDelimiter(JsonSection json)
    {
        var text = json.Text("delimiter");
        return Rune.DecodeFromUtf16(text, out var delimiter, out var units) == System.Buffers.OperationStatus.Done && units == text.Length
            ? new CharacterSplit(rune => rune == delimiter, SplitBehavior.Removed)
            : throw json.Error($"the delimiter '{text}' is not one character");
    }

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

            var writer = new SplitWriter(words, behavior);
            var start = word.Start;
            for (var i = word.Start; i < word.End;)
            {
                Rune.DecodeFromUtf16(units[i..word.End], out var rune, out var length);
                if (isMatch(rune))
                {
                    writer.Add(start, i, isMatch: false);
                    writer.Add(i, i + length, isMatch: true);
                    start = i + length;
                }

                i += length;
            }

            writer.Add(start, word.End, isMatch: false);
            writer.Finish();
        }
    }

    private static bool IsPunctuation(Rune rune) => (CharacterData.ClassOf(rune.Value) & CharacterClass.Punctuation) != 0;

    private static bool IsNumeric(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
