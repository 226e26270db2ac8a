using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Postgres;
using Semblance.Tensors;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents <c>index search</c>, which finds the vectors of an index that are nearest to queries.</summary>
internal sealed class IndexSearchCommand : CliCommand
{
    private readonly IndexPlace _place;
    private readonly Option<string?> _query = NewOption.Text("--query", "TEXT", "The query: writes lines of rank, score, id, text");
    private readonly Option<string?> _queries = NewOption.Text(
        "--queries", "FILE",
        "Several queries: texts, one per line; .jsonl, .tsv or .csv with 'text'; or vectors as .npy, .safetensors or .jsonl; "
        + "writes lines of query number, rank, score, id, text");
    private readonly Option<int?> _topK = IndexOptions.TopK();
    private readonly Option<int?> _ef = IndexOptions.Ef();
    private readonly Option<bool> _exact = new("--exact") { Description = "Searches exactly, by comparing with every vector" };
    private readonly Option<bool> _hybrid = new("--hybrid")
    {
        Description = "PostgreSQL: fuses vector search and full-text search; the index must be built with --text-search",
    };
    private readonly Option<int?> _probes = NewOption.Count(
        "--probes", "PostgreSQL, ivfflat: the number of lists to search; default: the square root of the number of lists");
    private readonly Option<string[]> _filter = IndexOptions.Filter();
    private readonly Option<string> _format = NewOption.Format();
    private readonly Option<int?> _threads = IndexOptions.Threads();
    private readonly ModelOption _model = new();
    private readonly PromptOptions _prompts;

    public IndexSearchCommand(Host host)
        : base("search", "Finds the vectors of an index that are nearest to a query", host)
    {
        _place = new IndexPlace(this);
        Add(_query);
        Add(_queries);
        Add(_topK);
        Add(_ef);
        Add(_exact);
        Add(_hybrid);
        Add(_probes);
        Add(_filter);
        Add(_format);
        Add(_threads);
        _model.AddTo(this);
        _prompts = new PromptOptions(this, hasDocuments: false);
        _place.OnlyForTables(_hybrid, "an index in a folder has vectors only; semblance search --hybrid searches the texts of a file");
        _place.OnlyForTables(_probes, "use --ef");
        Validators.Add(result =>
        {
            if (result.GetResult(_query) is null == result.GetResult(_queries) is null)
            {
                result.AddError("Give one query with --query, or a file of them with --queries.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var open = await _place.OpenAsync(arguments, isWritten: false, cancellationToken).ConfigureAwait(false);
        var index = open.Index;
        var isHybrid = arguments.GetValue(_hybrid);
        if (isHybrid && index is PostgresIndex { Options.TextSearch: null })
        {
            throw new InputException(
                "--hybrid",
                $"the index '{_place.Name(arguments)}' has no full-text index; build it with --text-search, such as english or simple.");
        }

        // An index in a folder ignores the options of pgvector.
        var options = (isHybrid ? new HybridQuery() : new PostgresQuery()) with
        {
            TopK = arguments.GetValue(_topK) ?? VectorQuery.Default.TopK,
            Ef = arguments.GetValue(_ef) ?? VectorQuery.Default.Ef,
            Exact = arguments.GetValue(_exact),
            Filter = IndexOptions.FilterOf(arguments.GetValue(_filter)),
            Probes = arguments.GetValue(_probes),
        };
        var (texts, vectors) = await QueriesAsync(arguments, index, cancellationToken).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        var hits = options is HybridQuery hybrid
            ? await HybridAsync((PostgresIndex)index, texts, vectors, hybrid, cancellationToken).ConfigureAwait(false)
            : await index.SearchDocumentsAsync(
                vectors, options, arguments.GetValue(_threads) ?? int.MaxValue, cancellationToken).ConfigureAwait(false);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var writer = new HitWriter(Host, arguments.GetValue(_format) == "json", isNumbered: arguments.GetValue(_queries) is not null);
        foreach (var (query, found) in hits.Index())
        {
            writer.Write(texts?[query], found.Select(hit => new Hit(hit.Score, hit.Text)
            {
                Id = hit.Id,
                Passage = hit.Passage,
                Labels = hit.Metadata,
            }));
        }

        var count = await index.CountAsync(cancellationToken).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"searched {count:N0} vectors for {hits.Length:N0} in {seconds * 1000:F1} ms"));
    }

    private static async Task<IReadOnlyList<DocumentHit>[]> HybridAsync(
        PostgresIndex index, List<string>? texts, Tensor vectors, HybridQuery options, CancellationToken cancellationToken)
    {
        if (texts is null)
        {
            throw new InputException("--hybrid", "queries are vectors without texts; give the queries as texts.");
        }

        var hits = new IReadOnlyList<DocumentHit>[texts.Count];
        for (var i = 0; i < hits.Length; i++)
        {
            var (vector, text) = (vectors.Row(i).ToArray(), texts[i]);
            hits[i] = await index.SearchDocumentsAsync(
                options.TopK,
                async count => await index.HybridSearchAsync(
                    vector, text, options with { TopK = count }, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }

        return hits;
    }

    private async Task<(List<string>? Texts, Tensor Vectors)> QueriesAsync(
        ParseResult arguments, IVectorIndex index, CancellationToken cancellationToken)
    {
        var path = arguments.GetValue(_queries);
        if (path is not (null or "-") && new VectorRecords(path).HasVectors)
        {
            return (null, IndexOptions.Queries(path, index));
        }

        using var lines = path is null ? null : TextInput.Open(path, Host);
        var opened = await IndexOptions.WithModelAsync(_model, arguments, index, Host, cancellationToken).ConfigureAwait(false);
        var texts = lines is null
            ? [arguments.GetValue(_query)!]
            : await lines.AllTextsAsync(cancellationToken).ConfigureAwait(false);
        var options = _prompts.OfQueries(arguments, new EncodeOptions { Counter = Host.Count("queries", "") });
        return (texts, opened.EncodeQueries(texts, options, cancellationToken).Vectors);
    }
}
