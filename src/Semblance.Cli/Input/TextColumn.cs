using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Files;

namespace Semblance.Cli.Input;

/// <summary>Represents <c>--field</c> and <c>--column</c>, which name the texts of JSON Lines and of tables.</summary>
internal sealed class TextColumn
{
    private readonly Option<string?> _field = NewOption.Text(
        "--field", "NAME",
        "JSON Lines: the member with the text; default: text. Input with another ending than .jsonl is read as JSON Lines");
    private readonly Option<string?> _column = NewOption.Text(
        "--column", "NAME",
        "TSV and CSV: the column with the text, named in the first row; default: text. Input with another ending than .csv is read as TSV");

    public TextColumn(Command command)
    {
        command.Add(_field);
        command.Add(_column);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_field) is not null && result.GetResult(_column) is not null)
            {
                result.AddError("--field is for JSON Lines and --column for TSV and CSV; use one of them.");
            }
        });
    }

    /// <summary>Opens a file, or standard input if the path is <see langword="null"/> or <c>-</c>.</summary>
    /// <exception cref="IOException">
    /// The file cannot be read, standard input is named twice, or an option is for another format.
    /// </exception>
    public TextLines Open(ParseResult arguments, string? path, Host host)
    {
        var lines = TextInput.Open(path, host);
        var (field, column) = (arguments.GetValue(_field), arguments.GetValue(_column));
        if (field is null && column is null)
        {
            return lines;
        }

        var isTable = lines.Format is TextFormat.Tsv or TextFormat.Csv;
        if (isTable ? field is not null : lines.Format == TextFormat.JsonLines && column is not null)
        {
            lines.Dispose();
            throw new InputException(
                lines.Name,
                isTable
                    ? "the file is a table; use --column instead of --field."
                    : "the file is JSON Lines; use --field instead of --column.");
        }

        lines.Column = field ?? column!;
        lines.Format = field is not null ? TextFormat.JsonLines : lines.Format == TextFormat.Csv ? TextFormat.Csv : TextFormat.Tsv;
        return lines;
    }
}
