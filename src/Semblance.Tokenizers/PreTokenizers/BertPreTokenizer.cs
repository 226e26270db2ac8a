using System.Text;
using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Splits at white space and punctuation, as BERT does; each punctuation character is a word.</summary>
internal sealed class BertPreTokenizer : PreTokenizer
{
    private static readonly Kind[] AsciiKinds = [.. Enumerable.Range(0, 128).Select(c => KindOf(new Rune(c)))];

    private enum Kind : byte
    {
        Letter,
        Space,
        Punctuation,
    }

    /// <inheritdoc/>
    public override Locality Locality => Locality.Punctuation;

    /// <inheritdoc/>
    public override void Split(NormalizedText text, WordList words)
    {
        foreach (var word in words.Restart())
        {
            if (word.Id >= 0)
            {
                words.Add(word);
            }
            else
            {
                Split(text.Text, word.Start, word.End, words);
            }
        }
    }

    private static void Split(ReadOnlySpan<char> text, int position, int end, WordList words)
    {
        var start = position;
        while (position < end)
        {
            var units = 1;
            Kind kind;
            if (text[position] < 128)
            {
                kind = AsciiKinds[text[position]];
            }
            else
            {
                Rune.DecodeFromUtf16(text[position..end], out var rune, out units);
                kind = KindOf(rune);
            }

            if (kind != Kind.Letter)
            {
                if (start < position)
                {
                    words.Add(new Word(start, position));
                }

                if (kind == Kind.Punctuation)
                {
                    words.Add(new Word(position, position + units));
                }

                start = position + units;
            }

            position += units;
        }

        if (start < end)
        {
            words.Add(new Word(start, end));
        }
    }

    private static Kind KindOf(Rune rune) =>
        Rune.IsWhiteSpace(rune) ? Kind.Space
        : (CharacterData.ClassOf(rune.Value) & CharacterClass.Punctuation) != 0 ? Kind.Punctuation
        : Kind.Letter;
}
