using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands.Indexes;

/// <summary><c>index info</c>: what an index holds and how it was built.</summary>
internal sealed class IndexInfoCommand : CliCommand
{
    private readonly Option<string> _folder = IndexOptions.Folder();
    private readonly Option<bool> _json = IndexOptions.Json();

    public IndexInfoCommand(Host host)
        : base("info", "Show what an index holds, and how it was built", host)
    {
        Add(_folder);
        Add(_json);
    }

    protected override Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(arguments.GetValue(_folder)!);
        using var index = HnswIndex.OpenReadOnly(folder);
        var options = index.Options;
        (string Name, string Label, long Value)[] numbers =
        [
            ("vectors", "vectors", index.Count),
            ("dimension", "dimension", index.Dimension),
            ("unlinked", "in the log", index.Unlinked),
            ("deleted", "deleted, linked", index.Deleted),
            ("m", "m", options.M),
            ("ef_construction", "ef construction", options.EfConstruction),
            ("bytes", "bytes", new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length)),
        ];
        (string Name, string Value)[] texts = [("folder", folder), ("similarity", options.Similarity.Name()), ("precision", options.Precision.ToString().ToLowerInvariant()), .. options.Attributes.Select(attribute => (attribute.Key, attribute.Value))];
        if (arguments.GetValue(_json))
        {
            using var output = new JsonLines(Host.Output);
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
            return Task.CompletedTask;
        }

        foreach (var (name, value) in texts)
        {
            Host.Text.WriteLine($"{name,-17}{value}");
        }

        foreach (var (_, label, value) in numbers)
        {
            Host.Text.WriteLine(Numbers.Invariant($"{label,-17}{value:N0}"));
        }

        return Task.CompletedTask;
    }
}
