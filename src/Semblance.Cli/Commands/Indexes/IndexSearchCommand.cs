using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;
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
        "Several queries: texts, one per line; .jsonl with 'text'; or vectors as .npy, .safetensors or .jsonl; "
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
    private readonly Option<bool> _json = IndexOptions.Json();
    private readonly Option<int?> _threads = IndexOptions.Threads();
    private readonly ModelOption _model = new();

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
        Add(_json);
        Add(_threads);
        _model.AddTo(this);
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
            : await index.SearchAsync(
                vectors, options, arguments.GetValue(_threads) ?? int.MaxValue, cancellationToken).ConfigureAwait(false);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (arguments.GetValue(_json))
        {
            WriteJson(texts, hits);
        }
        else
        {
            var isNumbered = arguments.GetValue(_queries) is not null;
            foreach (var (query, list) in hits.Index())
            {
                foreach (var (rank, hit) in list.Index())
                {
                    var number = isNumbered ? $"{query + 1}\t" : "";
                    Host.Text.WriteLine($"{number}{rank + 1}\t{Numbers.Score(hit.Score)}\t{hit.Id}\t{Column.Last(hit.Text ?? "")}");
                }
            }
        }

        var count = await index.CountAsync(cancellationToken).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"searched {count:N0} vectors for {hits.Length:N0} in {seconds * 1000:F1} ms"));
    }

    private static async Task<IReadOnlyList<VectorHit>[]> HybridAsync(
        PostgresIndex index, List<string>? texts, Tensor vectors, HybridQuery options, CancellationToken cancellationToken)
    {
        if (texts is null)
        {
            throw new InputException("--hybrid", "queries are vectors without texts; give the queries as texts.");
        }

        var hits = new IReadOnlyList<VectorHit>[texts.Count];
        for (var i = 0; i < hits.Length; i++)
        {
            hits[i] = await index.HybridSearchAsync(vectors.Row(i).ToArray(), texts[i], options, cancellationToken).ConfigureAwait(false);
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
        var model = await IndexOptions.LoadModelAsync(_model, arguments, index, Host, cancellationToken).ConfigureAwait(false);
        var texts = lines is null
            ? [arguments.GetValue(_query)!]
            : await lines.AllTextsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return (texts, model.EncodeQuery(texts, null, null, cancellationToken).Vectors);
    }

    private void WriteJson(List<string>? texts, IReadOnlyList<VectorHit>[] hits)
    {
        using var output = new JsonLinesWriter(Host.Output);
        foreach (var (query, list) in hits.Index())
        {
            output.Write(json =>
            {
                if (texts is not null)
                {
                    json.WriteString("query", texts[query]);
                }

                json.WriteStartArray("hits");
                foreach (var (rank, hit) in list.Index())
                {
                    json.WriteStartObject();
                    json.WriteNumber("rank", rank + 1);
                    json.WriteNumber("score", hit.Score);
                    WriteHit(json, hit);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }
    }

    private static void WriteHit(Utf8JsonWriter json, VectorHit hit)
    {
        if (hit.Id.Text is { } id)
        {
            json.WriteString("id", id);
        }
        else
        {
            json.WriteNumber("id", hit.Id.Number);
        }

        if (hit.Text is not null)
        {
            json.WriteString("text", hit.Text);
        }

        foreach (var (key, value) in hit.Metadata ?? new Dictionary<string, string>())
        {
            if (key is not ("rank" or "score" or "id" or "text"))
            {
                json.WriteString(key, value);
            }
        }
    }
}
