using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>rerank</c>, which ranks the lines of a file by their relevance to a query.</summary>
internal sealed class RerankCommand : CliCommand
{
    private readonly Option<string?> _corpus = NewOption.Text(
        "--corpus", "FILE", $"The texts to rank: {TextInput.Formats}");
    private readonly Option<string?> _query = NewOption.Text("--query", "TEXT", "The query");
    private readonly Option<int?> _topK = NewOption.Count("--top-k", "The maximum number of texts to return; default: 10");
    private readonly Option<string> _format = NewOption.Format();
    private readonly TextColumn _column;
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
        _column = new TextColumn(this);
        Add(_query);
        Add(_topK);
        Add(_format);
        _batch = new BatchOptions(this, needsModel: false);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = _column.Open(arguments, arguments.GetValue(_corpus), Host);
        var reranker = await ModelOption.LoadRerankerOrHeadAsync(
            _batch.ModelName(arguments), _batch.Compute(arguments), Host, cancellationToken).ConfigureAwait(false);
        var corpus = await lines.AllTextsAsync(cancellationToken).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        RankedDocument[] ranking = [];
        await Host.WithProgressAsync("ranking", progress =>
        {
            ranking = reranker.Rank(
                arguments.GetValue(_query)!, corpus, arguments.GetValue(_topK) ?? 10,
                _batch.Apply(arguments, Host, "texts", PredictOptions.Default), new EncodingProgress(progress), cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);

        new HitWriter(Host, arguments.GetValue(_format) == "json", isNumbered: false).Write(
            arguments.GetValue(_query),
            ranking.Select(document => new Hit(document.Score, document.Text) { Line = lines.Numbers[document.Index] }));
        Host.Error.WriteLine(Numbers.Invariant($"ranked {corpus.Count:N0} lines in {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s"));
    }
}
