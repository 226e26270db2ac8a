using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;
using Semblance.Postgres;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents <c>index info</c>, which shows the contents and the settings of an index.</summary>
internal sealed class IndexInfoCommand : CliCommand
{
    private readonly IndexPlace _place;
    private readonly Option<string> _format = NewOption.Format();

    public IndexInfoCommand(Host host)
        : base("info", "Shows the contents and the settings of an index", host)
    {
        _place = new IndexPlace(this);
        Add(_format);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var open = await _place.OpenAsync(arguments, isWritten: false, cancellationToken).ConfigureAwait(false);
        var index = open.Index;
        var (texts, numbers) = index switch
        {
            HnswIndex files => OfFolder(Path.GetFullPath(_place.Name(arguments)), files),
            _ => await OfTableAsync((PostgresIndex)index, cancellationToken).ConfigureAwait(false),
        };
        var count = await index.CountAsync(cancellationToken).ConfigureAwait(false);
        numbers = [("vectors", "vectors", count), ("dimension", "dimension", index.Dimension), .. numbers];
        texts = [.. texts, .. index.Attributes.Select(attribute => (attribute.Key, attribute.Value))];
        var isJson = arguments.GetValue(_format) == "json";
        if (isJson)
        {
            using var output = new JsonLinesWriter(Host.Output);
            output.Write(json =>
            {
                foreach (var (name, value) in texts)
                {
                    json.WriteString(name, value);
                }

                foreach (var (name, _, value) in numbers)
                {
                    json.WriteNumber(name, value);
                }
            });
            return;
        }

        foreach (var (name, value) in texts.Where(text => text.Name != "model_probe")) // numbers that mean nothing to a reader
        {
            Host.Text.WriteLine($"{name.Replace('_', ' '),-17}{value}");
        }

        foreach (var (_, label, value) in numbers)
        {
            Host.Text.WriteLine(Numbers.Invariant($"{label,-17}{value:N0}"));
        }
    }

    private static ((string Name, string Value)[] Texts, (string Name, string Label, long Value)[] Numbers) OfFolder(
        string folder, HnswIndex index) => (
        [("folder", folder), ("similarity", index.Similarity.Name()), ("precision", index.Options.Precision.ToString().ToLowerInvariant())],
        [
            ("nodes", "nodes", index.Nodes), ("unlinked", "in the log", index.Unlinked), ("deleted", "deleted, linked", index.Deleted),
            ("m", "m", index.Options.M),
            ("ef_construction", "ef construction", index.Options.EfConstruction), ("bytes", "bytes", IndexOptions.Bytes(folder)),
        ]);

    private static async Task<((string Name, string Value)[] Texts, (string Name, string Label, long Value)[] Numbers)> OfTableAsync(
        PostgresIndex index, CancellationToken cancellationToken)
    {
        var options = index.Options;
        List<(string Name, string Value)> texts =
        [
            ("table", index.Name), ("similarity", index.Similarity.Name()), ("storage", TableOptions.Name(options.Storage)),
            ("method", TableOptions.Name(options.Method)),
        ];
        if (options.TextSearch is { } configuration)
        {
            texts.Add(("text_search", options.Bigrams ? $"{configuration}, pairs of characters" : configuration));
        }

        (string Name, string Label, long Value)[] numbers = options.Method switch
        {
            PostgresMethod.Hnsw => [("m", "m", options.M), ("ef_construction", "ef construction", options.EfConstruction)],
            PostgresMethod.IvfFlat => [("lists", "lists", options.Lists)],
            _ => [],
        };
        return ([.. texts], [.. numbers, ("bytes", "bytes", await index.SizeAsync(cancellationToken).ConfigureAwait(false))]);
    }
}
