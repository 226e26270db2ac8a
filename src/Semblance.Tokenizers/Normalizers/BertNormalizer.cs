using System.Buffers;
using System.Text;
using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Represents the normalizer of BERT: removes control characters, converts white space to spaces, puts spaces around Chinese characters,
/// strips accents (canonical decomposition without nonspacing marks), and converts to lower case.
/// </summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChineseCharacters, bool? stripAccents, bool lowercase) : Normalizer
{
    private static readonly SearchValues<char> AsciiControls = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Select(c => (char)c).Where(c => char.IsControl(c) && c is not ('\t' or '\n' or '\r'))]);

    private readonly bool _stripAccents = stripAccents ?? lowercase;

    /// <inheritdoc/>
    public override Locality Locality => Locality.Punctuation;

    /// <summary>Reads a normalizer of type BertNormalizer.</summary>
    public static new BertNormalizer Read(JsonSection json) => new(
        json.Flag("clean_text", true),
        json.Flag("handle_chinese_chars", true),
        json.Optional("strip_accents") is null ? null : json.Flag("strip_accents", false),
        json.Flag("lowercase", true));

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        if (!Ascii.IsValid(text.Text) || (cleanText && text.Text.ContainsAny(AsciiControls)))
        {
            Rewrite(text);
            return;
        }

        if (lowercase)
        {
            Ascii.ToLowerInPlace(text.InPlace, out _);
        }

        if (cleanText)
        {
            text.InPlace.Replace('\t', ' ');
            text.InPlace.Replace('\n', ' ');
            text.InPlace.Replace('\r', ' ');
        }
    }

    private void Rewrite(NormalizedText text)
    {
        var old = text.Rewrite();
        for (var i = 0; i < old.Length;)
        {
            Rune.DecodeFromUtf16(old[i..], out var rune, out var units);
            var (character, from) = (rune.Value, i);
            i += units;
            if (cleanText && (CharacterData.ClassOf(character) & CharacterClass.Control) != 0)
            {
                continue;
            }

            if (cleanText && Rune.IsWhiteSpace(rune))
            {
                AppendFolded(text, ' ', from);
            }
            else if (handleChineseCharacters && CharacterData.IsChinese(character))
            {
                AppendFolded(text, ' ', from);
                AppendFolded(text, character, from);
                AppendFolded(text, ' ', from);
            }
            else
            {
                AppendFolded(text, character, from);
            }
        }

        FlushCombining(text);
    }

    private void AppendFolded(NormalizedText text, int character, int from)
    {
        if (!_stripAccents)
        {
            AppendCased(text, character, from);
            return;
        }

        var isFirst = true;
        foreach (var part in CharacterData.Decompose(character, stackalloc int[4]))
        {
            if (CharacterData.CombiningClass(part) == 0)
            {
                FlushCombining(text);
                AppendUnlessMark(text, part, from);
                text.LastStarter = from;
            }
            else
            {
                text.Combining.Add(part, from, isFirst);
            }

            isFirst = false;
        }
    }

    private void FlushCombining(NormalizedText text)
    {
        if (text.Combining.Count > 0)
        {
            foreach (var (character, from) in text.Combining.Ordered(text.LastStarter))
            {
                AppendUnlessMark(text, character, from);
            }

            text.Combining.Clear();
        }
    }

    private void AppendUnlessMark(NormalizedText text, int character, int from)
    {
        if ((CharacterData.ClassOf(character) & CharacterClass.Mark) == 0)
        {
            AppendCased(text, character, from);
        }
    }

    private void AppendCased(NormalizedText text, int character, int from)
    {
        if (lowercase)
        {
            Lowercase.Append(text, character, from);
        }
        else
        {
            text.Append(character, from);
        }
    }
}
