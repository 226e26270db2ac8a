using System.Text;
using System.Text.RegularExpressions;

namespace Semblance.Training;

/// <summary>
/// Computes BLEU of translations (Papineni et al. 2002, "BLEU: a method for automatic evaluation of machine translation"), as sacreBLEU
/// does by default: n-grams of 1 to 4 tokens, case kept, and exponential smoothing of orders without a match. From 0 to 100.
/// </summary>
/// <param name="tokenizer">The tokenizer.</param>
public sealed partial class Bleu(BleuTokenizer tokenizer = BleuTokenizer.Standard)
{
    private const int Orders = 4;

    // Chinese characters and marks, as the tokenizer of sacreBLEU takes them: its two ranges beyond U+FFFF are read as U+2001 to U+2A6D
    // and a part of another.
    private static readonly (int First, int Last)[] ChineseRanges =
    [
        (0x3400, 0x4DB5), (0x4E00, 0x9FA5), (0x9FA6, 0x9FBB), (0xF900, 0xFA2D), (0xFA30, 0xFA6A), (0xFA70, 0xFAD9), (0xFF00, 0xFFEF),
        (0x2E80, 0x2EFF), (0x3000, 0x303F), (0x31C0, 0x31EF), (0x2F00, 0x2FDF), (0x2FF0, 0x2FFF), (0x3100, 0x312F), (0x31A0, 0x31BF),
        (0xFE10, 0xFE1F), (0xFE30, 0xFE4F), (0x2600, 0x27BF), (0x3200, 0x33FF), (0x2001, 0x2A6D),
    ];

    /// <summary>Gets the tokenizer.</summary>
    public BleuTokenizer Tokenizer => tokenizer;

    /// <summary>
    /// Returns the score of a sentence, in which orders that are longer than it do not count (<c>effective_order</c>).
    /// </summary>
    /// <param name="prediction">The generated text.</param>
    /// <param name="references">The references.</param>
    /// <exception cref="ArgumentException">There is no reference.</exception>
    public double OfSentence(string prediction, params IReadOnlyList<string> references) =>
        Score([prediction], [references], isSentence: true);

    /// <summary>Returns the score of a corpus, whose n-grams are counted together.</summary>
    /// <param name="predictions">The generated texts.</param>
    /// <param name="references">The references of each text.</param>
    /// <exception cref="ArgumentException">The lists have different lengths, or a text has no reference.</exception>
    public double OfCorpus(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references) =>
        Score(predictions, references, isSentence: false);

    /// <summary>Returns the tokens of a text.</summary>
    internal IReadOnlyList<string> Tokenize(string text)
    {
        if (tokenizer == BleuTokenizer.Chinese)
        {
            var spaced = new StringBuilder();
            foreach (var rune in text.Trim().EnumerateRunes())
            {
                var isChinese = ChineseRanges.Any(range => rune.Value >= range.First && rune.Value <= range.Last);
                spaced.Append(isChinese ? $" {rune} " : rune.ToString());
            }

            text = spaced.ToString();
        }
        else
        {
            text = text.TrimEnd().Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal)
                .Replace('\n', ' ').Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
                .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
            text = $" {text} ";
        }

        text = Marks().Replace(text, " $1 ");
        text = StopAfterLetter().Replace(text, "$1 $2 ");
        text = StopBeforeLetter().Replace(text, " $1 $2");
        text = DashAfterDigit().Replace(text, "$1 $2 ");
        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private double Score(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references, bool isSentence)
    {
        GenerationScores.ThrowIfUnfit(predictions, references);
        var (shared, all) = (new long[Orders], new long[Orders]);
        var (length, expectedLength) = (0L, 0L);
        for (var i = 0; i < predictions.Count; i++)
        {
            var tokens = Tokenize(predictions[i]);
            IReadOnlyList<string>[] others = [.. references[i].Select(Tokenize)];
            length += tokens.Count;
            expectedLength += others.Select(other => other.Count) // the nearest length, of equally near ones the shortest
                .OrderBy(count => Math.Abs(count - tokens.Count)).ThenBy(count => count).First();
            for (var n = 1; n <= Orders; n++)
            {
                var own = NGrams.Count(tokens, n);
                var expected = others.SelectMany(other => NGrams.Count(other, n)).GroupBy(ngram => ngram.Key, ngram => ngram.Value)
                    .ToDictionary(group => group.Key, group => group.Max(), StringComparer.Ordinal);
                shared[n - 1] += NGrams.Shared(own, expected);
                all[n - 1] += own.Values.Sum();
            }
        }

        return Score(shared, all, length, expectedLength, isSentence);
    }

    private static double Score(long[] shared, long[] all, long length, long expectedLength, bool isSentence)
    {
        if (shared.All(count => count == 0))
        {
            return 0;
        }

        var (sum, orders, smoothing) = (0.0, 0, 1.0);
        while (orders < Orders && all[orders] > 0)
        {
            smoothing *= shared[orders] == 0 ? 2 : 1;
            sum += Math.Log(100 * (shared[orders] == 0 ? 1 / smoothing : shared[orders]) / all[orders]);
            orders++;
        }

        var brevity = length < expectedLength ? Math.Exp(1 - ((double)expectedLength / length)) : 1;
        return orders == Orders || isSentence ? brevity * Math.Exp(sum / orders) : 0;
    }

    [GeneratedRegex(@"([{-~\[-` -&(-+:-@/])")]
    private static partial Regex Marks();

    [GeneratedRegex("([^0-9])([.,])")]
    private static partial Regex StopAfterLetter();

    [GeneratedRegex("([.,])([^0-9])")]
    private static partial Regex StopBeforeLetter();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex DashAfterDigit();
}
