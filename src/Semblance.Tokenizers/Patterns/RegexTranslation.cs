using System.Buffers;
using System.Text;

namespace Semblance.Tokenizers.Patterns;

/// <summary>
/// Regular expressions as Oniguruma reads them, written for .NET: possessive quantifiers become atomic groups, the script
/// Han its ranges. What .NET would take for something else is refused.
/// </summary>
internal static class RegexTranslation
{
    private const string Han = @"\u2E80-\u2E99\u2E9B-\u2EF3\u2F00-\u2FD5\u3005\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFA6D\uFA70-\uFAD9";

    private static readonly SearchValues<char> CountCharacters = SearchValues.Create("0123456789,");

    /// <summary>The expression for .NET.</summary>
    /// <exception cref="FormatException">It has something for which .NET has no counterpart.</exception>
    public static string Translate(string source)
    {
        var result = new StringBuilder();
        var groups = new Stack<int>();
        for (var i = 0; i < source.Length;)
        {
            var atom = result.Length;
            switch (source[i])
            {
                case '(':
                    groups.Push(result.Length);
                    result.Append('(');
                    i++;
                    continue;
                case ')':
                    atom = groups.Count > 0 ? groups.Pop() : atom;
                    result.Append(')');
                    i++;
                    break;
                case '[':
                    i = AppendClass(source, i, result);
                    break;
                case '\\':
                    i = AppendEscape(source, i, result, inClass: false);
                    break;
                default:
                    result.Append(source[i++]);
                    break;
            }

            i = AppendQuantifier(source, i, atom, result);
        }

        return result.ToString();
    }

    private static int AppendQuantifier(string source, int i, int atom, StringBuilder result)
    {
        var start = i;
        if (i < source.Length && source[i] is '*' or '+' or '?')
        {
            i++;
        }
        else if (i < source.Length && source[i] == '{' && source.IndexOf('}', i) is var close and >= 0
            && !source.AsSpan(i + 1, close - i - 1).ContainsAnyExcept(CountCharacters))
        {
            i = close + 1;
        }

        if (i == start)
        {
            return i;
        }

        result.Append(source, start, i - start);
        if (i < source.Length && source[i] == '?')
        {
            result.Append('?');
            return i + 1;
        }

        // Behind a count in braces Oniguruma reads a plus as one more quantifier.
        if (i < source.Length && source[i] == '+')
        {
            var isCount = source[start] == '{';
            result.Insert(atom, isCount ? "(?:" : "(?>").Append(isCount ? ")+" : ")");
            return i + 1;
        }

        return i;
    }

    private static int AppendClass(string source, int i, StringBuilder result)
    {
        result.Append('[');
        i++;
        if (i < source.Length && source[i] == '^')
        {
            result.Append('^');
            i++;
        }

        for (var isFirst = true; i < source.Length; isFirst = false)
        {
            if (source[i] == ']' && !isFirst)
            {
                result.Append(']');
                return i + 1;
            }

            if (source[i] == '[' || string.CompareOrdinal(source, i, "&&", 0, 2) == 0)
            {
                throw new FormatException("a set inside a set or an intersection of sets has no counterpart");
            }

            if (source[i] == '\\')
            {
                i = AppendEscape(source, i, result, inClass: true);
            }
            else
            {
                result.Append(source[i++]);
            }
        }

        throw new FormatException("a set is not closed");
    }

    private static int AppendEscape(string source, int i, StringBuilder result, bool inClass)
    {
        foreach (var name in (ReadOnlySpan<string>)[@"\p{Han}", @"\p{Script=Han}", @"\p{sc=Han}"])
        {
            if (string.CompareOrdinal(source, i, name, 0, name.Length) == 0)
            {
                result.Append(inClass ? Han : $"[{Han}]");
                return i + name.Length;
            }
        }

        if (i + 1 < source.Length && (source[i + 1] is 'h' or 'H' or 'R' or 'X' or 'K' || string.CompareOrdinal(source, i, @"\x{", 0, 3) == 0))
        {
            throw new FormatException($"'\\{source[i + 1]}' has no counterpart");
        }

        var length = i + 2 < source.Length && source[i + 1] is 'p' or 'P' && source.IndexOf('}', i) is var close and > 0 ? close + 1 - i : 2;
        length = Math.Min(length, source.Length - i);
        result.Append(source, i, length);
        return i + length;
    }
}
