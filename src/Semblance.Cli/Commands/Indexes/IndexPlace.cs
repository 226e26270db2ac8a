using System.CommandLine;
using System.CommandLine.Parsing;
using Npgsql;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Postgres;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Where an index is kept: in a folder (<c>--index</c>), or in a table of PostgreSQL (<c>--table</c>).</summary>
internal sealed class IndexPlace
{
    /// <summary>The environment variable that names the database: nobody else sees the password there.</summary>
    public const string Variable = "SEMBLANCE_POSTGRES";

    private readonly Command _command;
    private readonly Option<string?> _folder = NewOption.Text("--index", "DIR", "The index's folder");
    private readonly Option<string?> _table = NewOption.Text("--table", "NAME", "Instead of a folder: the index's table in PostgreSQL");
    private readonly Option<string?> _connection = NewOption.Text(
        "--postgres", "CONNECTION", $"How to reach PostgreSQL, such as \"Host=localhost;Database=shop;Username=me\"; without it, the environment variable {Variable} says");

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
        OnlyForTables(_connection, "a folder needs none");
    }

    /// <summary>Whether it is a table.</summary>
    public bool IsTable(CommandResult command) => command.GetValue(_table) is not null;

    /// <summary>The folder, or the table.</summary>
    public string Name(ParseResult arguments) => arguments.GetValue(_table) ?? arguments.GetValue(_folder)!;

    /// <summary>Refuses an option with a table.</summary>
    /// <param name="option">The option, which the command has.</param>
    /// <param name="instead">What to do there.</param>
    public void OnlyForFolders(Option option, string instead) => Only(option, _folder, "an index in a folder", instead);

    /// <summary>Refuses an option with a folder.</summary>
    /// <inheritdoc cref="OnlyForFolders"/>
    public void OnlyForTables(Option option, string instead) => Only(option, _table, "an index in PostgreSQL (--table)", instead);

    /// <summary>Opens the index.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="isWritten">Whether it will be changed.</param>
    /// <param name="cancellationToken">Stops it.</param>
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
            return new OpenIndex(await PostgresIndex.OpenAsync(source, Name(arguments), cancellationToken: cancellationToken).ConfigureAwait(false), source);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The way to the database of a table; nothing is sent yet.</summary>
    /// <exception cref="InputException">None is given, or it cannot be read.</exception>
    public NpgsqlDataSource Connect(ParseResult arguments)
    {
        var (name, connection) = arguments.GetValue(_connection) is { } given ? ("--postgres", given) : (Variable, Environment.GetEnvironmentVariable(Variable));
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw new InputException("--table", $"it is not said where; give a connection with --postgres, or in the environment variable {Variable}.");
        }

        try
        {
            var builder = new NpgsqlSlimDataSourceBuilder(connection);
            builder.EnableArrays();
            builder.EnableTransportSecurity();
            builder.EnableIntegratedSecurity();
            return builder.Build();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidOperationException or NotSupportedException)
        {
            // The driver's words can hold a part of the password.
            throw new InputException(name, "this is no connection of PostgreSQL; write \"Host=HOST;Database=NAME;Username=USER;Password=SECRET\", with quotes around a value that holds a semicolon.");
        }
    }

    private void Only(Option option, Option place, string where, string instead) => _command.Validators.Add(result =>
    {
        if (result.GetResult(option) is { Implicit: false } && result.GetResult(place) is null)
        {
            result.AddError($"{option.Name} is for {where}; {instead}.");
        }
    });
}
