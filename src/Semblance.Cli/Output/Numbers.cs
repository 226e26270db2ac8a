using System.Globalization;

namespace Semblance.Cli.Output;

/// <summary>Numbers as people and scripts read them, whatever the machine's language.</summary>
internal static class Numbers
{
    /// <summary>A similarity, with six decimals.</summary>
    public static string Score(float score) => score.ToString("F6", CultureInfo.InvariantCulture);

    /// <summary>A text with invariant numbers.</summary>
    public static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
