using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>map</c>, which lays out texts on a plane so that similar texts are close.</summary>
internal sealed class MapCommand : CliCommand
{
    private const int UsualGroups = 12;

    private readonly EncodedInput _input;
    private readonly Option<string?> _output = NewOption.Text(
        "--output", "FILE", "The map: .tsv (x, y, group, text), .jsonl, or .html to view in a browser; default: TSV on standard output");
    private readonly Option<float?> _perplexity = NewOption.Number(
        "--perplexity", "N", "The perplexity, roughly the number of neighbors of a text; default: 30",
        "a number from 1 on", number => number >= 1);
    private readonly Option<int?> _iterations = NewOption.Count("--iterations", "The number of iterations; default: 1000");
    private readonly Option<int?> _clusters = NewOption.Count(
        "--clusters", $"The number of groups, found by k-means, to color and label; default: {UsualGroups}");
    private readonly Option<int?> _seed = NewOption.Integer("--seed", "The random seed; default: 42");

    public MapCommand(Host host)
        : base("map", "Maps the lines of a file to points on a plane (t-SNE), similar lines close to each other", host)
    {
        _output.AcceptEndings(standardOutput: true, ".tsv", ".jsonl", ".html");
        _input = new EncodedInput(this);
        Add(_output);
        Add(_perplexity);
        Add(_iterations);
        Add(_clusters);
        Add(_seed);
        _input.AddEncoding(this);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var path = arguments.GetValue(_output);
        path = path == "-" ? null : path;
        if (path is not null)
        {
            OutputFile.CheckFolder(path);
        }

        var options = new TSneOptions
        {
            Perplexity = arguments.GetValue(_perplexity) ?? new TSneOptions().Perplexity,
            Iterations = arguments.GetValue(_iterations) ?? new TSneOptions().Iterations,
            Seed = arguments.GetValue(_seed) ?? new TSneOptions().Seed,
        };
        var input = await _input.ReadAsync(arguments, Host, normalize: true, cancellationToken).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        TextMap? map = null;
        await Host.WithProgressAsync("drawing", progress =>
        {
            map = TextMap.Fit(
                input.Texts, input.Vectors, arguments.GetValue(_clusters) ?? UsualGroups,
                options with { MaxThreads = _input.Encoding.MaxThreads(arguments) }, progress, cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var drawn = Stopwatch.GetElapsedTime(started).TotalSeconds;

        if (path is null)
        {
            map!.WriteTsv(Host.Text);
        }
        else
        {
            using var file = OutputFile.Open(path, () => new AtomicFile(path));
            map!.Write(file.Stream, Path.GetExtension(path), Path.GetFileNameWithoutExtension(path));
            file.Commit();
        }

        Host.Error.WriteLine(Numbers.Invariant($"{input.Summary}; drew the map in {drawn:F2} s, divergence {map.Divergence:F3}"));
    }
}
