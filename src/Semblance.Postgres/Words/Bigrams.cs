using System.Text;

namespace Semblance.Postgres;

/// <summary>
/// Converts text without spaces to pairs of adjacent characters: 密码重置 to 密码, 码重 and 重置. PostgreSQL splits words at spaces; with pairs, it
/// finds parts of such text without a dictionary.
/// </summary>
internal static class Bigrams
{
    /// <summary>Returns a text with runs of Han and kana replaced by pairs; other text is unchanged.</summary>
    public static string OfText(string text) => Replace(text, (run, cut, _, _) => cut.Append(' ').AppendJoin(' ', Pairs(run)).Append(' '));

    /// <summary>
    /// Returns a query for <c>websearch_to_tsquery</c>. A run matches texts with any of its pairs; within quotes or after a minus, texts
    /// with the whole run.
    /// </summary>
    public static string OfQuery(string query) => Replace(query, (run, cut, isQuoted, isExcluded) =>
    {
        var pairs = Pairs(run);
        if (isQuoted)
        {
            cut.Append(' ').AppendJoin(' ', pairs).Append(' ');
        }
        else if (isExcluded)
        {
            cut.Append('"').AppendJoin(' ', pairs).Append('"').Append(' ');
        }
        else
        {
            cut.Append(' ').AppendJoin(" or ", pairs).Append(' ');
        }
    });

    private static string Replace(string text, Action<List<string>, StringBuilder, bool, bool> append)
    {
        var cut = new StringBuilder(text.Length);
        var run = new List<string>();
        var isQuoted = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsUnspaced(rune.Value))
            {
                run.Add(rune.ToString());
                continue;
            }

            Flush();
            isQuoted ^= rune.Value == '"';
            cut.Append(rune.ToString());
        }

        Flush();
        return cut.ToString();

        void Flush()
        {
            if (run.Count > 0)
            {
                append(run, cut, isQuoted, cut.Length > 0 && cut[^1] == '-' && (cut.Length == 1 || char.IsWhiteSpace(cut[^2])));
                run.Clear();
            }
        }
    }

    private static IEnumerable<string> Pairs(List<string> run) => run.Count == 1 ? [run[0]] : run.Zip(run.Skip(1), (a, b) => a + b);

    private static bool IsUnspaced(int c) =>
        c is (>= 0x3041 and <= 0x3096) or (>= 0x30A1 and <= 0x30FA) or (>= 0x30FC and <= 0x30FE) or 0x3005 or 0x3007
        or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
