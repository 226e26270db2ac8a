using System.Text.RegularExpressions;

namespace Semblance.Words;

/// <summary>
/// Divides English texts into words by the rules of the Penn Treebank: punctuation marks are words of their own, <c>can't</c> becomes
/// <c>ca</c> and <c>n't</c>. The rules are those of NLTK's <c>word_tokenize</c> for a single sentence.
/// </summary>
internal static class TreebankWords
{
    // Each is applied to the whole text, in this order.
    private static readonly (Regex Pattern, string Replacement)[] Rules =
    [
        Rule("([«“‘„]|[`]+)", " $1 "),
        Rule("^\"", "``"),
        Rule("(``)", " $1 "),
        Rule("([ \\(\\[{<])(\"|'{2})", "$1 `` "),
        RuleThatLooksAhead("(?i)(')(?!re|ve|ll|m|t|s|d|n)(\\w)\\b", "$1 $2"),
        Rule("([^\\.])(\\.)([\\]\\)}>\"'»”’ ]*)\\s*$", "$1 $2 $3 "),
        Rule("([:,])([^\\d])", " $1 $2"),
        Rule("([:,])$", " $1 "),
        Rule("\\.{2,}", " $0 "),
        Rule("[;@#$%&]", " $0 "),
        Rule("([^\\.])(\\.)([\\]\\)}>\"']*)\\s*$", "$1 $2$3 "),
        Rule("[?!]", " $0 "),
        Rule("([^'])' ", "$1 ' "),
        Rule("[*]", " $0 "),
        Rule("[\\]\\[\\(\\)\\{\\}\\<\\>]", " $0 "),
        Rule("--", " -- "),
        Rule("\\A|\\z", " "),
        Rule("([»”’])", " $1 "),
        Rule("''", " '' "),
        Rule("\"", " '' "),
        Rule("([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
        Rule("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
        Rule("(?i)\\b(can)(not)\\b", " $1 $2 "),
        Rule("(?i)\\b(d)('ye)\\b", " $1 $2 "),
        Rule("(?i)\\b(gim)(me)\\b", " $1 $2 "),
        Rule("(?i)\\b(gon)(na)\\b", " $1 $2 "),
        Rule("(?i)\\b(got)(ta)\\b", " $1 $2 "),
        Rule("(?i)\\b(lem)(me)\\b", " $1 $2 "),
        Rule("(?i)\\b(more)('n)\\b", " $1 $2 "),
        RuleThatLooksAhead("(?i)\\b(wan)(na)(?=\\s)", " $1 $2 "),
        Rule("(?i) ('t)(is)\\b", " $1 $2 "),
        Rule("(?i) ('t)(was)\\b", " $1 $2 "),
    ];

    /// <summary>Returns the words of a sentence.</summary>
    public static List<string> Split(string text)
    {
        foreach (var (pattern, replacement) in Rules)
        {
            text = pattern.Replace(text, replacement);
        }

        return [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
    }

    // Takes time linear in the length of any text.
    private static (Regex Pattern, string Replacement) Rule(string pattern, string replacement) =>
        (new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), replacement);

    private static (Regex Pattern, string Replacement) RuleThatLooksAhead(string pattern, string replacement) =>
        (new Regex(pattern, RegexOptions.CultureInvariant), replacement);
}
