namespace Semblance.Files;

/// <summary>Finds the known name that a mistyped name resembles.</summary>
public static class SimilarName
{
    /// <summary>Returns a question for the end of a message, with a space before it; empty if no known name is similar.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The known names.</param>
    public static string Question(string name, IEnumerable<string> known) =>
        Of(name, known) is { } found ? $" Did you mean '{found}'?" : "";

    /// <summary>Returns the most similar known name; <see langword="null"/> if none is similar.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="known">The known names.</param>
    public static string? Of(string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(known);
        var plain = Plain(name);
        var most = Math.Max(1, plain.Length / 3);
        return plain.Length < 2 ? null : known
            .Select(other => (Name: other, Distance: Distance(plain, Plain(other), most)))
            .Where(other => other.Distance <= most)
            .OrderBy(other => other.Distance)
            .Select(other => other.Name)
            .FirstOrDefault();
    }

    // Without case, and options without their hyphens.
    private static string Plain(string name) => name.TrimStart('-').Replace('_', '-').ToLowerInvariant();

    // A beginning of at least three characters counts as the name.
    private static int Distance(string name, string other, int most) =>
        name.Length >= 3 && other.StartsWith(name, StringComparison.Ordinal) ? 0
        : Math.Abs(other.Length - name.Length) > most ? int.MaxValue
        : Edits(name, other);

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
