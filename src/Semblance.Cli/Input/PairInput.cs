using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Files;

namespace Semblance.Cli.Input;

/// <summary>Represents <c>--input</c> and <c>--columns</c> of commands that read pairs of texts.</summary>
internal sealed class PairInput
{
    private readonly Option<string?> _columns = NewOption.Text(
        "--columns", "A,B", "The two columns of a .tsv or .csv file, or members of .jsonl, that have the texts");

    /// <summary>Initializes a new instance of the <see cref="PairInput"/> class.</summary>
    /// <param name="command">The command to which <c>--input</c> and <c>--columns</c> are added.</param>
    public PairInput(Command command)
    {
        command.Add(Input);
        command.Add(_columns);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_columns) is { } columns && columns.Split(',').Length != 2)
            {
                result.AddError("--columns needs two names, separated by a comma.");
            }
        });
    }

    /// <summary>Gets <c>--input</c>.</summary>
    public Option<string?> Input { get; } = NewOption.Text(
        "--input", "FILE",
        "The pairs: two texts with a tab between them on each line, or the --columns of .tsv, .csv or .jsonl; may be .gz; '-' for "
        + "standard input");

    /// <summary>Opens the file, or standard input.</summary>
    public TextLines Open(ParseResult arguments, Host host) => TextInput.Open(arguments.GetValue(Input), host);

    /// <summary>Reads the pairs.</summary>
    public IAsyncEnumerable<(string First, string Second)> ReadAsync(
        ParseResult arguments, TextLines lines, CancellationToken cancellationToken) =>
        lines.PairsAsync(
            arguments.GetValue(_columns)?.Split(',') is [var first, var second] ? (first, second) : null, cancellationToken);
}
