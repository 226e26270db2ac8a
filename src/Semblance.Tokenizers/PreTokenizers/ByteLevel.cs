using System.Text;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>
/// Splits a text into words with their leading spaces, as GPT-2 does, and replaces each UTF-8 byte with its character of the
/// <see cref="ByteAlphabet"/>.
/// </summary>
internal sealed class ByteLevel(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    /// <inheritdoc/>
    public override Locality Locality => useRegex ? Locality.Words : Locality.Whole;

    /// <inheritdoc/>
    public override bool LooksAtCharacters => true;

    /// <summary>Reads a pre-tokenizer of type ByteLevel.</summary>
    public static new ByteLevel Read(JsonSection json) => new(json.Flag("add_prefix_space", true), json.Flag("use_regex", true));

    /// <inheritdoc/>
    public override void Split(NormalizedText text, WordList words)
    {
        if (addPrefixSpace)
        {
            AddSpaces(text, words);
        }

        if (useRegex)
        {
            foreach (var word in words.Restart())
            {
                if (word.Id >= 0)
                {
                    words.Add(word);
                }
                else
                {
                    Gpt2Splitter.Split(text.Text, word.Start, word.End, words);
                }
            }
        }

        if (Ascii.IsValid(text.Text))
        {
            foreach (var word in words.Words)
            {
                foreach (ref var unit in text.InPlace[word.Start..(word.Id < 0 ? word.End : word.Start)])
                {
                    unit = ByteAlphabet.CharacterOf((byte)unit);
                }
            }

            return;
        }

        var old = text.Rewrite();
        foreach (var word in words.Restart())
        {
            var start = text.Length;
            if (word.Id < 0)
            {
                ByteAlphabet.Append(text, old, word.Start, word.End);
            }
            else
            {
                text.Keep(word.Start, word.End);
            }

            words.Add(new Word(start, text.Length, word.Id));
        }
    }

    private static void AddSpaces(NormalizedText text, WordList words)
    {
        var old = text.Rewrite();
        foreach (var word in words.Restart())
        {
            var start = text.Length;
            if (word.Id < 0 && old[word.Start] != ' ')
            {
                text.Append(' ', word.Start);
            }

            text.Keep(word.Start, word.End);
            words.Add(new Word(start, text.Length, word.Id));
        }
    }
}
