using System.Text;

namespace Semblance.Training;

/// <summary>
/// Computes chrF, the F-score of character n-grams of translations (Popović 2015, "chrF: character n-gram F-score for automatic MT
/// evaluation"), and with <see cref="WordOrder"/> chrF++ (Popović 2017), as sacreBLEU 2 does: from 0 to 100, white space left out, and
/// averaged over the orders that both texts have.
/// </summary>
public sealed class ChrF
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <summary>Gets the longest n-grams of characters; 6 by default.</summary>
    public int CharacterOrder { get; init; } = 6;

    /// <summary>Gets the longest n-grams of words: 0, the default, for chrF; 2 for chrF++.</summary>
    public int WordOrder { get; init; }

    /// <summary>Gets how many times as important recall is as precision; 2 by default.</summary>
    public int Beta { get; init; } = 2;

    /// <summary>Returns the score of a sentence.</summary>
    /// <param name="prediction">The generated text.</param>
    /// <param name="references">The references, of which the best counts.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public double OfSentence(string prediction, params IReadOnlyList<string> references) => Score(Best(prediction, references));

    /// <summary>Returns the score of a corpus, whose n-grams are counted together.</summary>
    /// <param name="predictions">The generated texts.</param>
    /// <param name="references">The references of each text, of which the best counts.</param>
    /// <exception cref="ArgumentException">The lists have different lengths, or a text has no reference.</exception>
    public double OfCorpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        GenerationScores.ThrowIfUnfit(predictions, references);
        var sums = new (int Generated, int Reference, int Shared)[CharacterOrder + WordOrder];
        for (var i = 0; i < predictions.Count; i++)
        {
            foreach (var (order, counts) in Best(predictions[i], references[i]).Index())
            {
                ref var sum = ref sums[order];
                sum = (sum.Generated + counts.Generated, sum.Reference + counts.Reference, sum.Shared + counts.Shared);
            }
        }

        return Score(sums);
    }

    // The counts of each order for the reference with the best score of the sentence.
    private (int Generated, int Reference, int Shared)[] Best(string prediction, IReadOnlyList<string> references)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(references);
        var generated = Orders(prediction);
        return references.Select(reference => Orders(reference).Zip(generated, (expected, own) => (
            expected.Count > 0 ? own.Values.Sum() : 0, expected.Values.Sum(), NGrams.Shared(own, expected))).ToArray())
            .MaxBy(Score) ?? throw new ArgumentException("There is no reference.", nameof(references));
    }

    private Dictionary<string, int>[] Orders(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] characters = [.. text.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune)).Select(rune => rune.ToString())];
        var words = WordOrder == 0 ? [] : Words(text);
        return
        [
            .. Enumerable.Range(1, CharacterOrder).Select(n => NGrams.Count(characters, n)),
            .. Enumerable.Range(1, WordOrder).Select(n => NGrams.Count(words, n)),
        ];
    }

    // A mark at the end of a word is a word of its own, or else one at its beginning.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            words.AddRange(
                word.Length == 1 ? [word]
                : Punctuation.Contains(word[^1], StringComparison.Ordinal) ? [word[..^1], word[^1..]]
                : Punctuation.Contains(word[0], StringComparison.Ordinal) ? [word[..1], word[1..]]
                : [word]);
        }

        return words;
    }

    private double Score((int Generated, int Reference, int Shared)[] orders)
    {
        var counted = orders.Where(order => order.Generated > 0 && order.Reference > 0).ToArray();
        if (counted.Length == 0)
        {
            return 0;
        }

        var precision = counted.Average(order => (double)order.Shared / order.Generated);
        var recall = counted.Average(order => (double)order.Shared / order.Reference);
        var weight = (double)Beta * Beta;
        return precision + recall == 0 ? 0 : 100 * (1 + weight) * precision * recall / ((weight * precision) + recall);
    }
}
