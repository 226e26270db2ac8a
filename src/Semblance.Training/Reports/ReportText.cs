using System.Globalization;
using System.Text;

namespace Semblance.Training;

/// <summary>Formats untrusted texts, numbers and durations for model cards and reports.</summary>
internal static class ReportText
{
    private const string MarkdownSyntax = @"\`*_[]<>|~&$";

    /// <summary>Returns a quoted string literal that is valid in C#, Python, YAML and JSON.</summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => literal.Append('\\').Append(character),
                _ when char.IsControl(character) || character is '\u2028' or '\u2029' or '\uFEFF' =>
                    literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}"),
                _ => literal.Append(character),
            };
        }

        return literal.Append('"').ToString();
    }

    /// <summary>Escapes a text for a line of Markdown, also in a table.</summary>
    public static string Markdown(string text)
    {
        var escaped = new StringBuilder();
        foreach (var character in text)
        {
            _ = MarkdownSyntax.Contains(character, StringComparison.Ordinal) ? escaped.Append('\\').Append(character)
                : char.IsControl(character) || character is '\u2028' or '\u2029' ? escaped.Append(' ')
                : escaped.Append(character);
        }

        return escaped.ToString();
    }

    /// <summary>Returns the beginning of a long text.</summary>
    public static string Shorten(string text, int length = 160) => text.Length <= length
        ? text
        : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1), "…");

    /// <summary>Lists settings: <c>scale: 20; similarity: cosine</c>.</summary>
    public static string Settings(IReadOnlyList<KeyValuePair<string, string>>? settings) => settings is { Count: 0 }
        ? "defaults"
        : string.Join("; ", settings?.Select(setting => $"{setting.Key}: {setting.Value}") ?? []);

    /// <summary>Formats a count: <c>1,234,567</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Formats a score with four decimals; a dash if it is not finite.</summary>
    public static string Score(double score) => double.IsFinite(score) ? score.ToString("F4", CultureInfo.InvariantCulture) : "–";

    /// <summary>Formats a number with four digits.</summary>
    public static string Number(double number) => number != 0 && Math.Abs(number) is < 1e-3 or >= 1e7
        ? number.ToString("0.###e-0", CultureInfo.InvariantCulture)
        : number.ToString(Math.Abs(number) < 1e4 ? "G4" : "0", CultureInfo.InvariantCulture);

    /// <summary>Formats a duration: <c>2 h 5 min</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours} h {time.Minutes} min"),
    };
}
