using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Postgres;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>How an index in PostgreSQL is made, by the names of pgvector.</summary>
internal sealed class TableOptions
{
    private static readonly (string Name, PostgresStorage Value)[] Storages = [("vector", PostgresStorage.Float32), ("halfvec", PostgresStorage.Float16), ("bit", PostgresStorage.Binary)];
    private static readonly (string Name, PostgresMethod Value)[] Methods = [("hnsw", PostgresMethod.Hnsw), ("ivfflat", PostgresMethod.IvfFlat), ("none", PostgresMethod.Exact)];

    private readonly Option<string> _storage = NewOption.Choice(
        "--storage", "PostgreSQL: four bytes an element, two, or four and beside them a bit, which the search walks over", [.. Storages.Select(storage => storage.Name)]);
    private readonly Option<string> _method = NewOption.Choice("--method", "PostgreSQL: how the nearest are found; without an index, every vector is compared", [.. Methods.Select(method => method.Name)]);
    private readonly Option<int?> _lists = NewOption.Count("--lists", "PostgreSQL, ivfflat: how many lists, to 32,768; default 100");
    private readonly Option<string?> _textSearch = NewOption.Text("--text-search", "NAME", "PostgreSQL: a text search configuration, such as english or simple, for searches with --hybrid");
    private readonly Option<bool> _bigrams = new("--bigrams") { Description = "PostgreSQL: words of writing without spaces (Han, kana) are pairs of characters; with --text-search simple" };

    public TableOptions(Command command, IndexPlace place)
    {
        (Option Option, string Instead)[] options =
        [
            (_storage, "use --precision"), (_method, "a folder's index is always a graph"), (_lists, "use --m"),
            (_textSearch, "a folder's index has no words"), (_bigrams, "a folder's index has no words"),
        ];
        foreach (var (option, instead) in options)
        {
            command.Add(option);
            place.OnlyForTables(option, instead);
        }
    }

    /// <summary>The name of a way to keep vectors.</summary>
    public static string Name(PostgresStorage storage) => Storages.Single(known => known.Value == storage).Name;

    /// <summary>The name of a way to find the nearest.</summary>
    public static string Name(PostgresMethod method) => Methods.Single(known => known.Value == method).Name;

    /// <summary>What was asked for.</summary>
    public PostgresIndexOptions Of(ParseResult arguments) => new()
    {
        Storage = Storages.Single(known => known.Name == arguments.GetValue(_storage)).Value,
        Method = Methods.Single(known => known.Name == arguments.GetValue(_method)).Value,
        Lists = arguments.GetValue(_lists) ?? 100,
        TextSearch = arguments.GetValue(_textSearch),
        Bigrams = arguments.GetValue(_bigrams),
    };
}
