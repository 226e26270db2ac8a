using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Clustering;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;

namespace Semblance.Cli.Commands;

/// <summary><c>map</c>: lines as points of a plane, near ones near each other.</summary>
internal sealed class MapCommand : CliCommand
{
    private const int UsualGroups = 12;

    private readonly EncodedInput _input;
    private readonly Option<string?> _output = NewOption.Text("--output", "FILE", "Ends with .tsv (x, y, group, text), .jsonl or .html, a page to look at; without it, .tsv on standard output");
    private readonly Option<float?> _perplexity = NewOption.Number("--perplexity", "N", "About how many neighbours a line keeps near; default 30");
    private readonly Option<int?> _iterations = NewOption.Count("--iterations", "How many steps; default 1000");
    private readonly Option<int?> _clusters = NewOption.Count("--clusters", $"How many groups, found by k-means, are coloured and named; default {UsualGroups}");
    private readonly Option<int?> _seed = NewOption.Integer("--seed", "Decides what is left to chance; default 42");

    public MapCommand(Host host)
        : base("map", "Draw the lines of a text as points of a plane (t-SNE), near ones near each other", host)
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

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var path = arguments.GetValue(_output);
        path = path == "-" ? null : path;
        if (path is not null)
        {
            OutputFile.CheckFolder(path);
        }

        var seed = arguments.GetValue(_seed) ?? new TSneOptions().Seed;
        var options = new TSneOptions
        {
            Perplexity = arguments.GetValue(_perplexity) ?? new TSneOptions().Perplexity,
            Iterations = arguments.GetValue(_iterations) ?? new TSneOptions().Iterations,
            Seed = seed,
        };
        var input = await _input.ReadAsync(arguments, Host, normalize: true, cancellation).ConfigureAwait(false);
        var (texts, vectors) = (input.Texts, input.Vectors);
        var started = Stopwatch.GetTimestamp();
        var threads = _input.Encoding.MaxThreads(arguments);
        var groups = Math.Min(arguments.GetValue(_clusters) ?? UsualGroups, texts.Count);
        int[] labels = groups == 0 ? [] : [.. KMeans.Fit(vectors, new KMeansOptions { Clusters = groups, Seed = seed, Spherical = true, MaxThreads = threads }, null, cancellation).Labels];
        TSne? map = null;
        await Host.WithProgressAsync("drawing", progress =>
        {
            map = TSne.Fit(vectors, options with { MaxThreads = threads }, progress, cancellation);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var drawn = Stopwatch.GetElapsedTime(started).TotalSeconds;

        Write(path, new TextMap(texts, map!.Points, labels));
        Host.Error.WriteLine(Numbers.Invariant($"{input.Summary}; drew the map in {drawn:F2} s, divergence {map.Divergence:F3}"));
    }

    private void Write(string? path, TextMap map)
    {
        if (path is null)
        {
            map.WriteTsv(Host.Text);
            return;
        }

        using var file = OutputFile.Open(path, () => new AtomicFile(path));
        if (Path.GetExtension(path) == ".jsonl")
        {
            map.WriteJson(file.Stream);
        }
        else
        {
            using var writer = new StreamWriter(file.Stream, leaveOpen: true) { NewLine = "\n" };
            if (Path.GetExtension(path) == ".html")
            {
                map.WriteHtml(writer, Path.GetFileNameWithoutExtension(path));
            }
            else
            {
                map.WriteTsv(writer);
            }
        }

        file.Commit();
    }
}
