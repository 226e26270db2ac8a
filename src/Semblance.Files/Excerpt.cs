using System.Globalization;
using System.Text;

namespace Semblance.Files;

/// <summary>Formats text from a file for a message: short, on one line, and without control characters of a terminal.</summary>
public static class Excerpt
{
    /// <summary>
    /// Returns the beginning of a text, with an ellipsis if it is cut and with escapes for characters that cannot be shown.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="longest">The maximum number of UTF-16 units; 60 by default.</param>
    public static string Of(string text, int longest = 60)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= longest ? Escape(text) : Escape(text[..(longest - (char.IsHighSurrogate(text[longest - 1]) ? 1 : 0))]) + "…";
    }

    /// <summary>Returns several texts with commas between them, at most ten.</summary>
    /// <param name="texts">The texts.</param>
    public static string Of(IReadOnlyCollection<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return string.Join(", ", texts.Take(10).Select(text => Of(text))) + (texts.Count > 10 ? ", …" : "");
    }

    /// <summary>
    /// Returns a text in which control characters, line separators, marks that change the direction of writing and halves of
    /// surrogate pairs are escaped as <c>\u001B</c>.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var place = 0;
        while (place < text.Length && !IsEscaped(text, place))
        {
            place++;
        }

        if (place == text.Length)
        {
            return text;
        }

        var escaped = new StringBuilder(text, 0, place, text.Length + 16);
        for (; place < text.Length; place++)
        {
            _ = IsEscaped(text, place)
                ? escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[place]:X4}")
                : escaped.Append(text[place]);
        }

        return escaped.ToString();
    }

    private static bool IsEscaped(string text, int place) => text[place] switch
    {
        '\u2028' or '\u2029' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => true,
        var c when char.IsHighSurrogate(c) => place + 1 == text.Length || !char.IsLowSurrogate(text[place + 1]),
        var c when char.IsLowSurrogate(c) => place == 0 || !char.IsHighSurrogate(text[place - 1]),
        var c => char.IsControl(c),
    };
}
