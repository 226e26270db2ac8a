using System.Text;

namespace Semblance.Training;

/// <summary>
/// Represents noise that deletes words at random and keeps at least one, the best noise for TSDAE (Wang et al. 2021, arXiv:2104.06979).
/// </summary>
/// <remarks>Words are separated by white space; each Chinese character or Japanese kana counts as one word.</remarks>
/// <param name="ratio">The probability of deleting a word, from 0 to 1; 0.6 by default.</param>
public sealed class WordDeletion(double ratio = 0.6)
{
    private readonly double _ratio = ratio is >= 0 and <= 1
        ? ratio
        : throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "The probability of deleting a word must be from 0 to 1.");

    /// <summary>Returns the text without the deleted words. A text without words is returned unchanged.</summary>
    /// <param name="text">The text.</param>
    /// <param name="random">
    /// The random number generator: one number is drawn for each word, and one more if all words would be deleted.
    /// </param>
    public string Apply(string text, Random random)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(random);
        var words = Words(text);
        if (words.Count == 0)
        {
            return text;
        }

        var kept = words.FindAll(_ => random.NextDouble() >= _ratio);
        if (kept.Count == 0)
        {
            kept.Add(words[random.Next(words.Count)]);
        }

        var result = new StringBuilder();
        var end = kept[0].Start;
        foreach (var word in kept)
        {
            if (text[end..word.Start].Any(char.IsWhiteSpace))
            {
                result.Append(' ');
            }

            result.Append(text, word.Start, word.End - word.Start);
            end = word.End;
        }

        return result.ToString();
    }

    private static List<(int Start, int End)> Words(string text)
    {
        var words = new List<(int Start, int End)>();
        var open = false; // whether the last word can continue
        var place = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var (start, alone) = (place, StandsAlone(rune.Value));
            place += rune.Utf16SequenceLength;
            if (Rune.IsWhiteSpace(rune))
            {
                open = false;
            }
            else if (open && !alone)
            {
                words[^1] = (words[^1].Start, place);
            }
            else
            {
                words.Add((start, place));
                open = !alone;
            }
        }

        return words;
    }

    // Han in all its blocks, hiragana and katakana.
    private static bool StandsAlone(int rune) =>
        rune is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0x20000 and <= 0x3FFFF);
}
