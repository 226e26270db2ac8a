using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands.Indexes;

/// <summary><c>index build</c>: a new index of many texts or vectors.</summary>
internal sealed class IndexBuildCommand : CliCommand
{
    private readonly Option<string> _folder = IndexOptions.Folder();
    private readonly IndexInput _input;
    private readonly ModelOption _model = new();
    private readonly Option<int?> _threads = IndexOptions.Threads();
    private readonly Option<int?> _m = NewOption.Count("--m", "How many neighbours a vector is linked with, from 2 to 256; default 16");
    private readonly Option<int?> _efConstruction = NewOption.Count("--ef-construction", "How many candidates are kept while neighbours are looked for; default 200");
    private readonly Option<string> _precision = NewOption.Choice("--precision", "What a search walks over; of the smaller ones the hits are compared again as float32", "float32", "int8", "binary");
    private readonly Option<string> _similarity = NewOption.Choice("--similarity", "How vectors are compared; a model's own similarity without it", "model", "cosine", "dot", "euclidean");

    public IndexBuildCommand(Host host)
        : base("build", "Build a new index of texts or vectors", host)
    {
        Add(_folder);
        _input = new IndexInput(this);
        Add(_model);
        Add(_threads);
        Add(_m);
        Add(_efConstruction);
        Add(_precision);
        Add(_similarity);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var folder = arguments.GetValue(_folder)!;
        var model = _input.IsVectors(arguments) ? null : await _model.LoadAsync(arguments, Host, cancellation).ConfigureAwait(false);
        var threads = arguments.GetValue(_threads);
        var name = arguments.GetValue(_model);
        var attributes = new Dictionary<string, string>();
        if (model is not null && name is not null)
        {
            attributes[IndexOptions.Model] = Directory.Exists(name) ? Path.GetFullPath(name) : name;
        }

        var options = new HnswOptions
        {
            M = arguments.GetValue(_m) ?? 16,
            EfConstruction = arguments.GetValue(_efConstruction) ?? 200,
            Precision = Enum.Parse<Precision>(arguments.GetValue(_precision)!, ignoreCase: true),
            Similarity = arguments.GetValue(_similarity) is { } similarity and not "model" ? SimilarityFunctions.Parse(similarity) : model?.Config.SimilarityFunction ?? SimilarityFunction.Cosine,
            Attributes = attributes,
        };
        var (count, bytes) = (0, 0L);
        await Host.WithProgressAsync("indexing", async progress =>
        {
            var records = _input.ReadAsync(arguments, model, new EncodeOptions { Threads = threads }, 1, Host, cancellation);
            using var index = await HnswIndex.BuildAsync(folder, records, options, threads ?? int.MaxValue, progress, cancellation).ConfigureAwait(false);
            (count, bytes) = (index.Count, new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length));
        }).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"indexed {count:N0} vectors in {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s; {folder} has {bytes:N0} bytes"));
    }
}
