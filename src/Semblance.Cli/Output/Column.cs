namespace Semblance.Cli.Output;

/// <summary>Texts in lines of columns: JSON lines may hold texts with line ends and tabs, which would begin another line or column.</summary>
internal static class Column
{
    /// <summary>A text of the last column: line ends become spaces.</summary>
    public static string Last(string text) => text.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ');

    /// <summary>A text of any column: line ends and tabs become spaces.</summary>
    public static string Of(string text) => Last(text).Replace('\t', ' ');
}
