using System.Text;

namespace Semblance.Cli.Tests;

/// <summary>What a command line did.</summary>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n')[..^1];

    /// <summary>The lines of standard error.</summary>
    public string[] ErrorLines => Error.Split('\n')[..^1];

    /// <summary>The lines of standard error that are not warnings, such as those about texts that were cut.</summary>
    public string[] Notes => [.. ErrorLines.Where(line => !line.StartsWith("warning: ", StringComparison.Ordinal))];

    /// <summary>Runs a command line in this process.</summary>
    public static Task<Outcome> OfAsync(params string[] arguments) => WithInputAsync("", arguments);

    /// <summary>Runs a command line in this process, with a text on standard input.</summary>
    public static Task<Outcome> WithInputAsync(string input, params string[] arguments) => OfDefaultAsync(null, input, arguments);

    /// <summary>Runs a command line in this process, with another default model.</summary>
    public static async Task<Outcome> OfDefaultAsync(string? folder, string input, params string[] arguments)
    {
        using var output = new MemoryStream();
        var error = new StringWriter { NewLine = "\n" };
        var host = new Host(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error) { DefaultModelFolder = folder! };
        var exitCode = await CommandLine.RunAsync(arguments, host);
        return new Outcome(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Itself, where the command was done.</summary>
    public Outcome Done()
    {
        ExitCode.ShouldBe(CommandLine.Done, Error);
        return this;
    }
}
