using System.Globalization;

namespace Semblance.Cli.Output;

/// <summary>Formats numbers in the invariant culture.</summary>
internal static class Numbers
{
    /// <summary>Formats a similarity with six decimals.</summary>
    public static string Score(float score) => score.ToString("F6", CultureInfo.InvariantCulture);

    /// <summary>Formats a text with invariant numbers.</summary>
    public static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
