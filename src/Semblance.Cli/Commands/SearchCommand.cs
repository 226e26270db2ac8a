using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary><c>search</c>: the lines of a text that are nearest to a query, by comparing all of them.</summary>
internal sealed class SearchCommand : CliCommand
{
    private readonly Option<string?> _corpus = NewOption.Text("--corpus", "FILE", "The texts to search, one a line, also as .gz; '-' is standard input");
    private readonly Option<string?> _query = NewOption.Text("--query", "TEXT", "What to look for: lines of rank, score, text");
    private readonly Option<string?> _queries = NewOption.Text("--queries", "FILE", "Several queries, one a line: lines of query number, rank, score, text");
    private readonly Option<int?> _topK = NewOption.Count("--top-k", "How many hits a query gets; default 10");
    private readonly Option<string?> _corpusPrompt = NewOption.Text("--corpus-prompt", "TEXT", "A text to put before each text of the corpus; --prompt and --prompt-name are for queries");
    private readonly Option<string> _format = NewOption.Format();
    private readonly EncodingOptions _encoding;

    public SearchCommand(Host host)
        : base("search", "Find the lines of a text that are nearest to a query", host)
    {
        _corpus.Required = true;
        Add(_corpus);
        Add(_query);
        Add(_queries);
        Add(_topK);
        Add(_corpusPrompt);
        Add(_format);
        _encoding = new EncodingOptions(this);
        Validators.Add(result =>
        {
            if (result.GetResult(_query) is null == result.GetResult(_queries) is null)
            {
                result.AddError("Give one query with --query, or a file of them with --queries.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var corpusLines = TextLines.Open(arguments.GetValue(_corpus), Host);
        using var queryLines = arguments.GetValue(_queries) is { } path ? TextLines.Open(path, Host) : null;
        var encoder = await _encoding.LoadAsync(arguments, Host, cancellation).ConfigureAwait(false);
        var queries = queryLines is null ? [arguments.GetValue(_query)!] : await queryLines.ReadAllAsync(cancellation).ConfigureAwait(false);
        var corpus = await corpusLines.ReadAllAsync(cancellation).ConfigureAwait(false);

        var encodingStarted = Stopwatch.GetTimestamp();
        Embeddings? documents = null;
        var corpusOptions = encoder.Options with { Prompt = arguments.GetValue(_corpusPrompt), PromptName = null };
        await Host.WithProgressAsync("encoding", progress =>
        {
            documents = encoder.Model.EncodeDocument(corpus, corpusOptions, Encoder.Part(progress), cancellation);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var encoded = Stopwatch.GetElapsedTime(encodingStarted).TotalSeconds;

        var searchStarted = Stopwatch.GetTimestamp();
        var vectors = encoder.Restored(documents!); // first: it gives int8 and uint8 their ranges
        var options = new SearchOptions
        {
            TopK = arguments.GetValue(_topK) ?? 10,
            Similarity = encoder.Model.Config.SimilarityFunction,
            MaxThreads = encoder.Options.Threads ?? int.MaxValue,
        };
        var questions = encoder.Restored(encoder.Model.EncodeQuery(queries, encoder.Options, null, cancellation));
        var hits = SemanticSearch.Search(questions, vectors, options, null, cancellation);
        var searched = Stopwatch.GetElapsedTime(searchStarted).TotalSeconds;

        if (arguments.GetValue(_format) == "json")
        {
            WriteJson(queries, corpus, hits);
        }
        else
        {
            WriteText(corpus, hits, isNumbered: queryLines is not null);
        }

        Host.Error.WriteLine(Numbers.Invariant(
            $"encoded {corpus.Count:N0} lines in {encoded:F2} s; searched for {queries.Count:N0} in {searched:F2} s; {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s in all"));
    }

    private void WriteText(List<string> corpus, SearchHit[][] hits, bool isNumbered)
    {
        for (var query = 0; query < hits.Length; query++)
        {
            for (var rank = 0; rank < hits[query].Length; rank++)
            {
                var hit = hits[query][rank];
                Host.Text.WriteLine($"{(isNumbered ? $"{query + 1}\t" : "")}{rank + 1}\t{Numbers.Score(hit.Score)}\t{corpus[hit.Index]}");
            }
        }
    }

    private void WriteJson(List<string> queries, List<string> corpus, SearchHit[][] hits)
    {
        using var output = new JsonLines(Host.Output);
        for (var query = 0; query < hits.Length; query++)
        {
            output.Write(json =>
            {
                json.WriteString("query", queries[query]);
                json.WriteStartArray("hits");
                for (var rank = 0; rank < hits[query].Length; rank++)
                {
                    var hit = hits[query][rank];
                    json.WriteStartObject();
                    json.WriteNumber("rank", rank + 1);
                    json.WriteNumber("score", hit.Score);
                    json.WriteNumber("line", hit.Index + 1);
                    json.WriteString("text", corpus[hit.Index]);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }
    }
}
