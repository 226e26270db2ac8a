namespace Semblance.Cli.Options;

/// <summary>Finds the known word that a mistyped word resembles.</summary>
internal static class Suggestion
{
    /// <summary>Returns a question for the end of a message, with a space before it; empty if no known word is similar.</summary>
    /// <param name="word">The unknown word.</param>
    /// <param name="known">The known words.</param>
    public static string Question(string word, IEnumerable<string> known) =>
        For(word, known) is { } found ? $" Did you mean '{found}'?" : "";

    /// <summary>Returns the most similar known word, or <see langword="null"/> if none is similar.</summary>
    /// <inheritdoc cref="Question"/>
    public static string? For(string word, IEnumerable<string> known)
    {
        var plain = Plain(word);
        var most = Math.Max(1, plain.Length / 3);
        return plain.Length < 2 ? null : known
            .Select(candidate => (Word: candidate, Distance: Distance(plain, Plain(candidate))))
            .Where(candidate => candidate.Distance <= most)
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Word)
            .FirstOrDefault();
    }

    private static string Plain(string word) => word.TrimStart('-').Replace('_', '-').ToLowerInvariant();

    // A beginning of at least three characters counts as the word.
    private static int Distance(string word, string other) =>
        word.Length >= 3 && other.StartsWith(word, StringComparison.Ordinal) ? 0 : Edits(word, other);

    // The number of characters to insert, delete, replace or exchange with the next one (optimal string alignment).
    private static int Edits(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
