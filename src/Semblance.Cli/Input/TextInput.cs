using Semblance.Files;

namespace Semblance.Cli.Input;

/// <summary>Opens the texts that a command line names.</summary>
internal static class TextInput
{
    /// <summary>The formats of texts, for the descriptions of options.</summary>
    public const string Formats =
        "one per line; .jsonl with 'text' (--field), .tsv or .csv with a column 'text' (--column); may be .gz; '-' for standard input";

    /// <summary>Opens a file, or standard input if the path is <see langword="null"/> or <c>-</c>.</summary>
    /// <exception cref="IOException">The file does not exist or cannot be read, or standard input is named twice.</exception>
    public static TextLines Open(string? path, Host host) =>
        path is null or "-" ? new TextLines(host.TakeInput(), "standard input") : TextLines.Open(path);
}
