using System.Globalization;
using System.Text;

namespace Semblance.Training;

/// <summary>
/// Computes exact match and F1 of answers as the evaluation of SQuAD does (Rajpurkar et al. 2016, arXiv:1606.05250), and for texts with
/// Chinese characters as that of CMRC 2018 does (Cui et al. 2019, arXiv:1810.07366).
/// </summary>
public static class AnswerScores
{
    private const string AsciiPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private static readonly string[] Articles = ["a", "an", "the"];

    /// <summary>Returns 1 if a prediction is one of the true answers apart from case, punctuation and articles; otherwise, 0.</summary>
    /// <param name="prediction">The predicted answer; empty for none.</param>
    /// <param name="answers">The true answers; an empty text for none.</param>
    public static double ExactMatch(string prediction, IReadOnlyList<string> answers) => Best(prediction, answers, (one, other) =>
        IsChinese(other) ? Same(Compact(one), Compact(other)) : Same(Normalize(one), Normalize(other)));

    /// <summary>
    /// Returns the best F1 of the words that a prediction shares with a true answer; of Chinese answers, of the characters in their longest
    /// common part.
    /// </summary>
    /// <inheritdoc cref="ExactMatch"/>
    public static double F1(string prediction, IReadOnlyList<string> answers) => Best(prediction, answers, (one, other) =>
        IsChinese(other) ? ChineseF1(Segments(one), Segments(other)) : WordF1(Words(one), Words(other)));

    private static double Best(string prediction, IReadOnlyList<string> answers, Func<string, string, double> score)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(answers);
        return answers.Count == 0
            ? throw new ArgumentException("There is no answer; an empty text stands for none.", nameof(answers))
            : answers.Max(answer => score(prediction, answer));
    }

    private static double Same(string one, string other) => one == other ? 1 : 0;

    private static string Normalize(string text)
    {
        var kept = string.Concat(text.ToLowerInvariant().Where(c => !AsciiPunctuation.Contains(c, StringComparison.Ordinal)));
        return string.Join(' ', WithoutArticles(kept).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    // The articles as whole words, where a word is letters, digits and underscores, as \b in a regular expression.
    private static string WithoutArticles(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            var end = i;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
            {
                end++;
            }

            var word = text[i..Math.Max(end, i + 1)];
            result.Append(Articles.Contains(word) ? " " : word);
            i += word.Length;
        }

        return result.ToString();
    }

    private static string[] Words(string text) => Normalize(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static double WordF1(string[] one, string[] other)
    {
        if (one.Length == 0 || other.Length == 0)
        {
            return one.Length == other.Length ? 1 : 0;
        }

        var counts = other.CountBy(word => word).ToDictionary();
        var shared = one.CountBy(word => word).Sum(word => Math.Min(word.Value, counts.GetValueOrDefault(word.Key)));
        return Harmonic(shared, one.Length, other.Length);
    }

    private static double ChineseF1(List<string> one, List<string> other)
    {
        var (longest, lengths) = (0, new int[other.Count + 1]);
        foreach (var segment in one)
        {
            for (var j = other.Count; j > 0; j--)
            {
                lengths[j] = other[j - 1] == segment ? lengths[j - 1] + 1 : 0;
                longest = Math.Max(longest, lengths[j]);
            }
        }

        return Harmonic(longest, one.Count, other.Count);
    }

    private static double Harmonic(int shared, int predicted, int known) => shared == 0 ? 0 : 2.0 * shared / (predicted + known);

    private static bool IsChinese(string text) => text.Any(IsHan);

    private static bool IsHan(char c) => c is (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF');

    // Without punctuation and white space.
    private static string Compact(string text) => string.Concat(text.ToLowerInvariant().Where(c => !IsMark(c) && !char.IsWhiteSpace(c)));

    // Chinese characters one by one, and the words between them.
    private static List<string> Segments(string text)
    {
        var segments = new List<string>();
        var word = new StringBuilder();
        foreach (var c in text.ToLowerInvariant())
        {
            if (IsHan(c) || IsMark(c) || char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                {
                    segments.Add(word.ToString());
                    word.Clear();
                }

                if (IsHan(c))
                {
                    segments.Add(c.ToString());
                }
            }
            else
            {
                word.Append(c);
            }
        }

        if (word.Length > 0)
        {
            segments.Add(word.ToString());
        }

        return segments;
    }

    private static bool IsMark(char c) => char.GetUnicodeCategory(c) is >= UnicodeCategory.ConnectorPunctuation
        and <= UnicodeCategory.OtherPunctuation or UnicodeCategory.MathSymbol or UnicodeCategory.ModifierSymbol;
}
