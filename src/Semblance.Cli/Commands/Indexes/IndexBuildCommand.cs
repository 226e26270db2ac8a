using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Postgres;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents <c>index build</c>, which builds an index of texts or vectors.</summary>
internal sealed class IndexBuildCommand : CliCommand
{
    private readonly IndexPlace _place;
    private readonly IndexInput _input;
    private readonly ModelOption _model = new();
    private readonly Option<int?> _threads = IndexOptions.Threads();
    private readonly Option<int?> _m = NewOption.Integer(
        "--m", "The number of neighbors of a vector in the HNSW graph, from 2 to 256; default: 16", 2, 256);
    private readonly Option<int?> _efConstruction = NewOption.Count(
        "--ef-construction", "The number of candidates during construction; default: 200, in PostgreSQL: 64");
    private readonly Option<string> _precision = NewOption.Choice(
        "--precision", "Folder: the precision of the vectors in the graph search; int8 and binary rescore the hits with float32", "float32",
        "int8", "binary");
    private readonly Option<string> _similarity = NewOption.Choice(
        "--similarity", "The similarity function; default: that of the model; manhattan in PostgreSQL only", "model", "cosine", "dot",
        "euclidean", "manhattan");
    private readonly PromptOptions _prompts;
    private readonly TruncationOptions _truncation;
    private readonly TableOptions _table;

    public IndexBuildCommand(Host host)
        : base("build", "Builds a new index of texts or vectors", host)
    {
        _place = new IndexPlace(this);
        _input = new IndexInput(this);
        _model.AddTo(this);
        _prompts = new PromptOptions(this, hasDocuments: true);
        _truncation = new TruncationOptions(this, isPooled: false);
        Add(_threads);
        Add(_m);
        Add(_efConstruction);
        Add(_precision);
        Add(_similarity);
        _place.OnlyForFolders(_precision, "use --storage");
        _table = new TableOptions(this, _place);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var input = _input.Open(arguments, Host);
        var (model, settings) = input.HasVectors && arguments.GetValue(_model) is null
            ? (null, null)
            : await ModelAsync(arguments, input.HasVectors, cancellationToken).ConfigureAwait(false);
        var similarity = arguments.GetValue(_similarity) is { } asked and not "model"
            ? SimilarityFunctions.Parse(asked)
            : model?.Config.SimilarityFunction ?? SimilarityFunction.Cosine;
        var encoding = new EncodeOptions
        {
            MaxThreads = arguments.GetValue(_threads),
            Counter = Host.Count("texts", _truncation.Advice(arguments)),
        };
        var read = input.ReadAsync(1, cancellationToken);
        var records = await IndexInput.StartAsync(
            input.HasVectors ? read : TextIndex.EncodeAsync(model!, read, settings!, encoding, cancellationToken),
            input.Path, cancellationToken).ConfigureAwait(false);
        var attributes = settings?.ToAttributes() ?? [];
        var (count, bytes) = (0L, 0L);
        await Host.WithProgressAsync(input.HasVectors ? "reading" : "encoding", async progress =>
        {
            var watched = IndexInput.WatchedAsync(records, input, progress.Report);
            (count, bytes) = _place.IsTable(arguments.CommandResult)
                ? await TableAsync(arguments, watched, similarity, attributes, cancellationToken).ConfigureAwait(false)
                : await FolderAsync(arguments, watched, similarity, attributes, progress, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        Host.Error.WriteLine(
            Numbers.Invariant($"indexed {count:N0} vectors in {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s; ")
            + Numbers.Invariant($"{_place.Name(arguments)} has {bytes:N0} bytes"));
    }

    private async Task<(SentenceTransformer Model, TextIndexSettings Settings)> ModelAsync(
        ParseResult arguments, bool hasVectors, CancellationToken cancellationToken)
    {
        var folder = await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var model = ModelOption.Load(folder, _model.Compute(arguments), Host);
        var (name, revision) = IndexOptions.NameOf(arguments.GetValue(_model), folder);
        var documents = _prompts.OfDocuments(arguments, EncodeOptions.Default);
        documents = hasVectors ? documents : _truncation.Apply(arguments, documents);
        return (
            model,
            TextIndexSettings.Of(model, documents, _prompts.OfQueries(arguments, EncodeOptions.Default)) with
            {
                Model = name,
                Revision = revision,
            });
    }

    private async Task<(long Count, long Bytes)> FolderAsync(
        ParseResult arguments, IAsyncEnumerable<VectorRecord> records, SimilarityFunction similarity, Dictionary<string, string> attributes,
        IProgressBar progress, CancellationToken cancellationToken)
    {
        var options = new HnswOptions
        {
            M = arguments.GetValue(_m) ?? 16,
            EfConstruction = arguments.GetValue(_efConstruction) ?? 200,
            Precision = Enum.Parse<Precision>(arguments.GetValue(_precision)!, ignoreCase: true),
            Similarity = similarity,
            Attributes = attributes,
        };
        var folder = _place.Name(arguments);
        using var index = await HnswIndex.BuildAsync(
            folder, records, options, arguments.GetValue(_threads) ?? int.MaxValue, new Linking(progress),
            cancellationToken).ConfigureAwait(false);
        return (index.Count, IndexOptions.Bytes(folder));
    }

    private async Task<(long Count, long Bytes)> TableAsync(
        ParseResult arguments, IAsyncEnumerable<VectorRecord> records, SimilarityFunction similarity, Dictionary<string, string> attributes,
        CancellationToken cancellationToken)
    {
        var options = _table.Of(arguments) with
        {
            M = arguments.GetValue(_m) ?? 16,
            EfConstruction = arguments.GetValue(_efConstruction) ?? 64,
            Similarity = similarity,
            Attributes = attributes,
        };
        await using var source = _place.Connect(arguments);
        var index = await PostgresIndex.BuildAsync(
            source, _place.Name(arguments), records, options, cancellationToken: cancellationToken).ConfigureAwait(false);
        return (
            await index.CountAsync(cancellationToken).ConfigureAwait(false),
            await index.SizeAsync(cancellationToken).ConfigureAwait(false));
    }

    // The graph is built when all vectors are there.
    private sealed class Linking(IProgressBar bar) : IProgress<double>
    {
        public void Report(double value)
        {
            bar.Title = "linking";
            bar.Report(value);
        }
    }
}
