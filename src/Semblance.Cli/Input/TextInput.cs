using Semblance.Files;

namespace Semblance.Cli.Input;

/// <summary>Opens the texts that a command line names.</summary>
internal static class TextInput
{
    /// <summary>Opens a file, or standard input if the path is <see langword="null"/> or <c>-</c>.</summary>
    /// <exception cref="IOException">The file does not exist or cannot be read, or standard input is named twice.</exception>
    public static TextLines Open(string? path, Host host) =>
        path is null or "-" ? new TextLines(host.TakeInput(), "standard input") : TextLines.Open(path);
}
