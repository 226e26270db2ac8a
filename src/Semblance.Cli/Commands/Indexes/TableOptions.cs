using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Postgres;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents the options for building an index in PostgreSQL, with the terms of pgvector.</summary>
internal sealed class TableOptions
{
    private static readonly (string Name, PostgresStorage Value)[] Storages = [
        ("vector", PostgresStorage.Float32), ("halfvec", PostgresStorage.Float16), ("bit", PostgresStorage.Binary)];
    private static readonly (string Name, PostgresMethod Value)[] Methods = [
        ("hnsw", PostgresMethod.Hnsw), ("ivfflat", PostgresMethod.IvfFlat), ("none", PostgresMethod.Exact)];

    private readonly Option<string> _storage = NewOption.Choice(
        "--storage",
        "PostgreSQL: the storage of an element: four bytes, two bytes, or four bytes and a bit, which the index uses",
        [.. Storages.Select(storage => storage.Name)]);
    private readonly Option<string> _method = NewOption.Choice(
        "--method", "PostgreSQL: the index method; none compares every vector", [.. Methods.Select(method => method.Name)]);
    private readonly Option<int?> _lists = NewOption.Integer(
        "--lists", "PostgreSQL, ivfflat: the number of lists, from 1 to 32768; default: 100", 1, 32768);
    private readonly Option<string?> _textSearch = NewOption.Text(
        "--text-search", "NAME", "PostgreSQL: the text search configuration for --hybrid, such as english or simple");
    private readonly Option<bool> _bigrams = new("--bigrams")
    {
        Description = "PostgreSQL: indexes text without spaces (Han, kana) as character bigrams; requires --text-search simple",
    };

    public TableOptions(Command command, IndexPlace place)
    {
        (Option Option, string Instead)[] options =
        [
            (_storage, "use --precision"), (_method, "an index in a folder is always an HNSW graph"), (_lists, "use --m"),
            (_textSearch, "an index in a folder has no full-text search"), (_bigrams, "an index in a folder has no full-text search"),
        ];
        foreach (var (option, instead) in options)
        {
            command.Add(option);
            place.OnlyForTables(option, instead);
        }
    }

    /// <summary>Returns the name of a storage type.</summary>
    public static string Name(PostgresStorage storage) => Storages.Single(known => known.Value == storage).Name;

    /// <summary>Returns the name of an index method.</summary>
    public static string Name(PostgresMethod method) => Methods.Single(known => known.Value == method).Name;

    /// <summary>Returns the options of the command line.</summary>
    public PostgresIndexOptions Of(ParseResult arguments) => new()
    {
        Storage = Storages.Single(known => known.Name == arguments.GetValue(_storage)).Value,
        Method = Methods.Single(known => known.Name == arguments.GetValue(_method)).Value,
        Lists = arguments.GetValue(_lists) ?? 100,
        TextSearch = arguments.GetValue(_textSearch),
        Bigrams = arguments.GetValue(_bigrams),
    };
}
