namespace Semblance.Cli.Output;

/// <summary>Formats texts for tab-separated lines: texts from JSON Lines may contain line breaks and tabs.</summary>
internal static class Column
{
    /// <summary>Returns a text for the last column: line breaks become spaces.</summary>
    public static string Last(string text) => text.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ');

    /// <summary>Returns a text for any column: line breaks and tabs become spaces.</summary>
    public static string Of(string text) => Last(text).Replace('\t', ' ');
}
