using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>rerank</c>, which ranks the lines of a file by their relevance to a query.</summary>
internal sealed class RerankCommand : CliCommand
{
    private readonly Option<string?> _corpus = NewOption.Text(
        "--corpus", "FILE", "The texts to rank: one per line, or JSON Lines (.jsonl) with 'text'; may be .gz; '-' for standard input");
    private readonly Option<string?> _query = NewOption.Text("--query", "TEXT", "The query");
    private readonly Option<int?> _topK = NewOption.Count("--top-k", "The maximum number of texts to return; default: 10");
    private readonly Option<string> _format = NewOption.Format();
    private readonly BatchOptions _batch;

    public RerankCommand(Host host)
        : base(
            "rerank",
            "Ranks the lines of a file by relevance to a query, with a cross-encoder, a late-interaction model or the token embeddings of "
            + "a sentence encoder; by default with the late-interaction head of the bundled model",
            host)
    {
        _corpus.Required = true;
        _query.Required = true;
        Add(_corpus);
        Add(_query);
        Add(_topK);
        Add(_format);
        _batch = new BatchOptions(this, needsModel: false);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = TextInput.Open(arguments.GetValue(_corpus), Host);
        var reranker = await ModelOption.LoadRerankerOrHeadAsync(
            _batch.ModelName(arguments), _batch.Compute(arguments), Host, cancellationToken).ConfigureAwait(false);
        var corpus = await lines.AllTextsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        RankedDocument[] ranking = [];
        await Host.WithProgressAsync("ranking", progress =>
        {
            ranking = reranker.Rank(
                arguments.GetValue(_query)!, corpus, arguments.GetValue(_topK) ?? 10, _batch.Apply(arguments, PredictOptions.Default),
                new EncodingProgress(progress), cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);

        if (arguments.GetValue(_format) == "json")
        {
            WriteJson(arguments.GetValue(_query)!, ranking);
        }
        else
        {
            foreach (var (i, document) in ranking.Index())
            {
                Host.Text.WriteLine($"{i + 1}\t{Numbers.Score(document.Score)}\t{Column.Last(document.Text)}");
            }
        }

        Host.Error.WriteLine(Numbers.Invariant($"ranked {corpus.Count:N0} lines in {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s"));
    }

    private void WriteJson(string query, RankedDocument[] ranking)
    {
        using var output = new JsonLinesWriter(Host.Output);
        output.Write(json =>
        {
            json.WriteString("query", query);
            json.WriteStartArray("hits");
            foreach (var (i, document) in ranking.Index())
            {
                json.WriteStartObject();
                json.WriteNumber("rank", i + 1);
                json.WriteNumber("score", document.Score);
                json.WriteNumber("line", document.Index + 1);
                json.WriteString("text", document.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
