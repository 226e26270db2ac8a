using System.CommandLine;
using System.CommandLine.Parsing;
using Npgsql;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Postgres;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>
/// Represents the options for the location of an index: a folder (<c>--index</c>) or a table in PostgreSQL (<c>--table</c>).
/// </summary>
internal sealed class IndexPlace
{
    /// <summary>The environment variable with the connection string: unlike a command line, it is not visible to other users.</summary>
    public const string Variable = "SEMBLANCE_POSTGRES";

    private readonly Command _command;
    private readonly Option<string?> _folder = NewOption.Text("--index", "DIR", "The folder of the index");
    private readonly Option<string?> _table = NewOption.Text(
        "--table", "NAME", "The table of the index in PostgreSQL, instead of a folder");
    private readonly Option<string?> _connection = NewOption.Text(
        "--postgres", "CONNECTION",
        "The PostgreSQL connection string, such as \"Host=localhost;Database=shop;Username=me\"; "
        + $"default: the environment variable {Variable}");

    public IndexPlace(Command command)
    {
        _command = command;
        command.Add(_folder);
        command.Add(_table);
        command.Add(_connection);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_folder) is null == result.GetResult(_table) is null)
            {
                result.AddError("Give the folder of the index with --index, or its table in PostgreSQL with --table.");
            }
        });
        OnlyForTables(_connection, "an index in a folder needs no connection");
    }

    /// <summary>Returns a value that indicates whether the index is a table.</summary>
    public bool IsTable(CommandResult command) => command.GetValue(_table) is not null;

    /// <summary>Returns the folder or the name of the table.</summary>
    public string Name(ParseResult arguments) => arguments.GetValue(_table) ?? arguments.GetValue(_folder)!;

    /// <summary>Rejects an option if the index is a table.</summary>
    /// <param name="option">The option of the command.</param>
    /// <param name="instead">The advice at the end of the message.</param>
    public void OnlyForFolders(Option option, string instead) => Only(option, _folder, "an index in a folder", instead);

    /// <summary>Rejects an option if the index is a folder.</summary>
    /// <inheritdoc cref="OnlyForFolders"/>
    public void OnlyForTables(Option option, string instead) => Only(option, _table, "an index in PostgreSQL (--table)", instead);

    /// <summary>Opens the index.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="isWritten"><see langword="true"/> to open the index for writing; otherwise, <see langword="false"/>.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public async Task<OpenIndex> OpenAsync(ParseResult arguments, bool isWritten, CancellationToken cancellationToken)
    {
        if (!IsTable(arguments.CommandResult))
        {
            var index = isWritten ? HnswIndex.Open(Name(arguments)) : HnswIndex.OpenReadOnly(Name(arguments));
            return new OpenIndex(index, index);
        }

        var source = Connect(arguments);
        try
        {
            return new OpenIndex(
                await PostgresIndex.OpenAsync(source, Name(arguments), cancellationToken: cancellationToken).ConfigureAwait(false), source);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Creates the data source of a table, without connecting.</summary>
    /// <exception cref="InputException">The connection string is missing or invalid.</exception>
    public NpgsqlDataSource Connect(ParseResult arguments)
    {
        var (name, connection) = arguments.GetValue(_connection) is { } given
            ? ("--postgres", given)
            : (Variable, Environment.GetEnvironmentVariable(Variable));
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw new InputException(
                "--table", $"the connection is missing; give it with --postgres or in the environment variable {Variable}.");
        }

        return PostgresConnection.Source(name, connection);
    }

    private void Only(Option option, Option place, string where, string instead) => _command.Validators.Add(result =>
    {
        if (result.GetResult(option) is { Implicit: false } && result.GetResult(place) is null)
        {
            result.AddError($"{option.Name} is for {where}; {instead}.");
        }
    });
}
