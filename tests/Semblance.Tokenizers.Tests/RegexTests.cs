using System.Text;
using System.Text.RegularExpressions;
using Semblance.Tokenizers.Patterns;

namespace Semblance.Tokenizers.Tests;

public class RegexTests
{
    // Patterns of published tokenizers that are not compiled ahead of time.
    private const string O200K = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Cl100K = @"'(?i:[sdmt]|ll|ve|re)|(?>[^\r\n\p{L}\p{N}]?)(?>\p{L}+)|\p{N}{1,3}| ?(?>[^\s\p{L}\p{N}]+)(?>[\r\n]*)|(?>\s+)$|\s*[\r\n]|\s+(?!\S)|\s";

    [Theory]
    [InlineData("a*", "aabaa", "0-2 3-5")]
    [InlineData("a*?", "aa", "0-0 1-1 2-2")]
    [InlineData("b*", "abb", "0-0 1-3")]
    [InlineData("(?:|a)*", "aa", "0-0 1-1 2-2")]
    [InlineData("(?:a|ab)(?:c|bcd)(?:d*)", "abcd", "0-4")]
    [InlineData("(?:a?)*b", "aab", "0-3")]
    [InlineData("(?:a*)*b", "aaac", "")]
    [InlineData("(?:a?){3}", "aaaa", "0-3 3-4")]
    [InlineData("(?:a|b){2,3}?", "abab", "0-2 2-4")]
    [InlineData("a{2}?", "aaa", "0-2 3-3")]
    [InlineData("a{,2}", "aaa", "0-2 2-3")]
    [InlineData("a{,}", "a{,}", "0-4")]
    [InlineData("a{2}+", "aaaaa", "0-4")]
    [InlineData("a++a", "aaa", "")]
    [InlineData("(?>ab|a)c", "ac abc", "0-2 3-6")]
    [InlineData("(?<=a|bc)x", "ax bcx cx", "1-2 5-6")]
    [InlineData("(?<!a|bc)x", "ax bcx cx", "8-9")]
    [InlineData("(?=.*z)a", "aaz a", "0-1 1-2")]
    [InlineData("(?!ab)a", "abaa", "2-3 3-4")]
    [InlineData("^a$", "a\nb\na", "0-1 4-5")]
    [InlineData("^", "a\n", "0-0")]
    [InlineData(@"\Aa|a\z|a\Z", "aaa\n", "0-1 2-3")]
    [InlineData(@"\b\w+\b", "ab, c", "0-2 4-5")]
    [InlineData(@"\Bb", "ab b", "1-2")]
    [InlineData("(?i)sé|K", "SÉ sÉ \u212A", "0-2 3-5 6-7")]
    [InlineData("a(?i)b|c", "aB aC C", "0-2 3-5")]
    [InlineData("(?i:a)b", "Ab AB", "0-2")]
    [InlineData("(?i:[^a])", "aAb", "2-3")]
    [InlineData("(?m:a.b)|a.c", "a\nb a\nc", "0-3")]
    [InlineData("(?x: a b # c\n | c )", "abc", "0-2 2-3")]
    [InlineData("(?#x)a(?<n>b)", "ab", "0-2")]
    [InlineData("[[ab]c&&[^b]]+", "abc", "0-1 2-3")]
    [InlineData("[]a-c-]+", "]b-d", "0-3")]
    [InlineData(@"[\d-x]+", "1-x", "0-3")]
    [InlineData(@"[\x41\u0042\x{43}\t]+", "ABC\t", "0-4")]
    [InlineData(@"\h+\H", "fFg", "0-3")]
    [InlineData(@"\R", "\r\n\n\u2028", "0-2 2-3 3-4")]
    [InlineData(@"\p{^L}+|\P{^Lu}", "1aA", "0-1 2-3")]
    [InlineData(".", "\U0001F600x", "0-2 2-3")]
    [InlineData(@"[^\p{Han}]", "\U00020000\U0001F600", "2-4")]
    [InlineData("(?<=\U0001F600)x", "\U0001F600x", "2-3")]
    [InlineData("[\U0001F600-\U0001F64F]+", "a\U0001F601\U0001F602", "1-5")]
    [InlineData(@"\w+", "\u0903\u2160\u24B6 x", "0-3 4-5")]
    public void Matches_are_those_of_the_reference(string pattern, string text, string expected)
    {
        var matches = new List<(int Start, int End)>();
        RegexMatcher.FindAll(RegexProgram.Read(pattern), text, matches);
        string.Join(' ', matches.Select(match => $"{match.Start}-{match.End}")).ShouldBe(expected);
    }

    [Fact]
    public void Matches_are_those_of_the_runtimes_own_engine()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var (pattern, text) = (RandomPattern(random, 3), RandomText(random, 14));
            ShouldMatchAlike(pattern, text);
        }
    }

    [Theory]
    [InlineData(O200K)]
    [InlineData(Cl100K)]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    [InlineData(@"[\r\n]|\s?[A-Za-zµÀ-ÖØ-öø-ƺ]+|\s?[!-/:-~！-／：-～‘-‟　-。]+|\s+$|[一-龥ࠀ-一가-퟿]+|\p{N}+")]
    public void Matches_of_real_patterns_are_those_of_the_runtimes_own_engine(string pattern)
    {
        var random = new Random(2);
        for (var i = 0; i < 500; i++)
        {
            ShouldMatchAlike(pattern, RandomText(random, 60));
        }
    }

    [Theory]
    [InlineData(@"(?:\s*[\p{L}\p{M}]+)|\d|[^\w\s]", " ", "")]
    [InlineData(@"\s+$|x", " ", "y")]
    [InlineData(@"\s++$|x", " ", "y")]
    [InlineData("(?:(a)|(a))+$", "a", "b")]
    [InlineData("(a+)+$", "a", "b")]
    [InlineData("(?:a|a)*b", "a", "")]
    [InlineData("(?:a?){20}a{20}b", "a", "")]
    [InlineData("(?:a*)*(?:a*)*b", "a", "")]
    [InlineData("a(?:.*b)?", "a", "")]
    [InlineData(".*?[^A-Z]|[A-Z]", "A", "")]
    [InlineData("(?=.*z)ab", "a", "z")]
    [InlineData("(?=(?:a|b)*z)ab", "a", "z")]
    [InlineData("(?!.*z)a", "a", "z")]
    [InlineData("(?>a?a?)a*?b", "a", "")]
    [InlineData("(?<=aaaaaaaaaa)a*b", "a", "")]
    [InlineData(@"(?:\w+\s?)+\.", "ab ", "!")]
    [InlineData("(?i)(x+x+)+y", "X", "")]
    public void No_pattern_takes_more_steps_than_in_proportion_to_the_text(string pattern, string part, string end)
    {
        // With a number of steps quadratic in the length of the text, this would take hours.
        var text = string.Concat(Enumerable.Repeat(part, 300_000 / part.Length)) + end;
        RegexMatcher.FindAll(RegexProgram.Read(pattern), text, []);
    }

    private static void ShouldMatchAlike(string pattern, string text)
    {
        var matches = new List<(int Start, int End)>();
        RegexMatcher.FindAll(RegexProgram.Read(pattern), text, matches);

        // The engine of .NET allows an empty match directly after another, the reference does not.
        var (expected, last) = (new List<(int Start, int End)>(), -1);
        foreach (Match match in Regex.Matches(text, pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant))
        {
            if (match.Length > 0 || match.Index != last)
            {
                expected.Add((match.Index, match.Index + match.Length));
            }

            last = match.Index + match.Length;
        }

        matches.ShouldBe(expected, $"{pattern} in '{text}'");
    }

    private static string RandomText(Random random, int most)
    {
        var text = new StringBuilder();
        for (var length = random.Next(most); length > 0; length--)
        {
            text.Append("aaabbc xABé1 \n.世'stre"[random.Next(21)]);
        }

        return text.Append('c').ToString(); // "^" at the end of a text is another matter
    }

    private static string RandomPattern(Random random, int depth)
    {
        string Part() => RandomPattern(random, depth - 1);
        return random.Next(depth == 0 ? 5 : 14) switch
        {
            0 or 1 => "abc"[random.Next(3)].ToString(),
            2 => random.Next(2) > 0 ? "[ab]" : "[^a ]",
            3 => new[] { @"\s", @"\d", @"\S", @"\p{L}", ".", "(?i:a)" }[random.Next(6)],
            4 => new[] { "^", "$", @"\b", "" }[random.Next(4)],
            5 or 6 or 7 => Part() + Part(),
            8 => $"(?:{Part()}|{Part()})",
            9 => $"(?:{Part()}){"*+?"[random.Next(3)]}",
            10 => $"(?:{Part()}){"*+?"[random.Next(3)]}?",
            11 => $"(?{"=!"[random.Next(2)]}{Part()})",
            12 => $"(?:{Part()}){{{random.Next(3)},{random.Next(3, 5)}}}{(random.Next(2) > 0 ? "?" : "")}",
            _ => $"(?<{"=!"[random.Next(2)]}{"abc"[random.Next(3)]})",
        };
    }
}
