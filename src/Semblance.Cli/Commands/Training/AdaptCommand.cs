using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>adapt</c>, which adapts a model to the texts of a domain and compares it before and after.</summary>
internal sealed class AdaptCommand : CliCommand
{
    private static readonly (string Name, AdaptationMethod Method)[] Methods =
    [
        ("masked-words", AdaptationMethod.MaskedWords), ("tsdae", AdaptationMethod.Tsdae), ("simcse", AdaptationMethod.SimCse),
        ("pairs", AdaptationMethod.Pairs), ("gpl", AdaptationMethod.Gpl),
    ];

    // The metrics of the table, with their names in it.
    private static readonly (string Metric, string Title)[] Metrics =
        [("mrr@10", "MRR@10"), ("ndcg@10", "NDCG@10"), ("recall@10", "recall@10"), ("recall@100", "recall@100")];

    private readonly ModelOption _model = new();
    private readonly Option<string?> _texts = NewOption.Text(
        "--texts", "FILE",
        "The texts: a paragraph on each line and an empty line between documents; .jsonl, .tsv or .csv with 'text' (--column) and "
        + "optionally 'title'; may be .gz");
    private readonly Option<string?> _column = NewOption.Text("--column", "NAME", "The column or member with the text; default: text");
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The folder of the adapted model");
    private readonly Option<string?> _method = NewOption.Text(
        "--method", "METHOD,…",
        $"The methods, one after another: {string.Join(", ", Methods.Select(method => method.Name))}; default: pairs, or gpl with "
        + "--generator or --teacher");
    private readonly Option<string?> _generator = NewOption.Text(
        "--generator", "MODEL", "pairs, gpl: a T5 that writes queries for passages; default: titles, sentences and keywords are the queries");
    private readonly Option<string?> _teacher = new("--teacher", "--cross-encoder")
    {
        Description = "gpl: the model whose margins are learned: a cross-encoder, a late-interaction model or a sentence encoder; default: "
            + "the late-interaction head of the model, or its token vectors",
        HelpName = "MODEL",
    };
    private readonly Option<int?> _queries = NewOption.Count("--queries", "pairs, gpl: the number of queries of a passage; default: 3");
    private readonly Option<int?> _negatives = NewOption.Count("--negatives", "pairs, gpl: the number of negatives of a query; default: 4");
    private readonly Option<int?> _newWords = NewOption.Count(
        "--new-words", "Adds at most so many frequent words of the texts to the vocabulary; default: none");
    private readonly Option<string?> _pairs = NewOption.Text(
        "--pairs", "FILE",
        "The pairs to evaluate with, .tsv, .csv or .jsonl: a text and the text to find by it among all; default: made of held-out documents");
    private readonly Option<string> _keep = NewOption.Choice(
        "--keep", "Whether the adapted model is written if it is not better than before", "better", "always");
    private readonly Option<int?> _steps = NewOption.Count(
        "--steps", "The number of training steps of each method; default: up to three epochs and 1000 steps");
    private readonly Option<float?> _rate = NewOption.Number(
        "--rate", "R", "The learning rate; default: that of the method", "a number above 0 and at most 1", rate => rate is > 0 and <= 1);
    private readonly Option<int?> _seed = NewOption.Integer("--seed", "The random seed; default: 42", least: 0);
    private readonly Option<bool> _resume = new("--resume") { Description = "Continues an earlier run in the folder" };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Deletes an earlier run in the folder" };
    private readonly Option<string> _format = NewOption.Format();

    public AdaptCommand(Host host)
        : base(
            "adapt",
            "Adapts a model to the texts of a domain, without labels; writes lines of metric, before and after, and the folder", host)
    {
        _texts.Required = _output.Required = true;
        foreach (var option in (ReadOnlySpan<Option>)[
            _model, _texts, _column, _output, _method, _generator, _teacher, _queries, _negatives, _newWords, _pairs, _keep, _steps, _rate,
            _seed, _resume, _overwrite, _format])
        {
            Add(option);
        }

        _method.CompletionSources.Add([.. Methods.Select(method => method.Name)]);
        Validators.Add(result =>
        {
            foreach (var name in Names(result.GetResult(_method)?.Tokens is [var names, ..] ? names.Value : null).Except(Methods.Select(method => method.Name)))
            {
                result.AddError($"--method is '{name}'; it can be {string.Join(", ", Methods.Select(method => method.Name))}.");
            }

            if (result.GetValue(_resume) && result.GetValue(_overwrite))
            {
                result.AddError("--resume continues a run, --overwrite deletes it; use one of them.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var usual = new DomainAdaptationOptions(arguments.GetValue(_texts)!, arguments.GetValue(_output)!);
        var options = usual with
        {
            Model = arguments.GetValue(_model) ?? usual.Model,
            Column = arguments.GetValue(_column) ?? usual.Column,
            Methods =
            [
                .. Names(arguments.GetValue(_method)).Select(name => Array.Find(Methods, method => method.Name == name).Method),
            ],
            Generator = arguments.GetValue(_generator),
            Teacher = arguments.GetValue(_teacher),
            QueriesPerPassage = arguments.GetValue(_queries) ?? usual.QueriesPerPassage,
            NegativesPerQuery = arguments.GetValue(_negatives) ?? usual.NegativesPerQuery,
            NewWords = arguments.GetValue(_newWords) ?? usual.NewWords,
            Pairs = arguments.GetValue(_pairs),
            KeepAlways = arguments.GetValue(_keep) == "always",
            Steps = arguments.GetValue(_steps),
            Rate = arguments.GetValue(_rate),
            Seed = arguments.GetValue(_seed) ?? usual.Seed,
            Resume = arguments.GetValue(_resume),
            Overwrite = arguments.GetValue(_overwrite),
        };

        // Downloads show their progress here; the adaptation finds the models in the cache.
        await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        DomainAdaptationResult? result = null;
        try
        {
            await Host.WithProgressAsync("adapting", async bar =>
                result = await DomainAdaptation.RunAsync(options, new AdaptationProgress(bar, Host.Error), cancellationToken)
                    .ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Host.Error.WriteLine($"stopped; the same command with --resume continues in {options.Output}");
            throw;
        }

        Write(result!, options.Output, arguments.GetValue(_format) == "json");
        if (!result!.IsKept)
        {
            Host.Flush();
            throw new IOException(
                $"{options.Output}: the adapted model is not better than before, so it was not written; other methods or more texts may help. "
                + "The same command with --resume --keep always writes it.");
        }
    }

    private void Write(DomainAdaptationResult result, string output, bool isJson)
    {
        var rows = Metrics.Select(row => (row.Title, Before: Value(result.Before, row.Metric), After: Value(result.After, row.Metric)));
        if (result.NewWords.Count > 0)
        {
            Host.Error.WriteLine(Numbers.Invariant($"{result.NewWords.Count:N0} new words: {string.Join(", ", result.NewWords.Take(10))}"));
        }

        if (isJson)
        {
            using var lines = new JsonLinesWriter(Host.Output);
            lines.Write(json =>
            {
                json.WriteString("output", output);
                json.WriteBoolean("kept", result.IsKept);
                foreach (var (name, value) in new[] { ("before", result.Before), ("after", result.After) })
                {
                    json.WriteStartObject(name);
                    foreach (var (metric, _) in Metrics)
                    {
                        json.WriteNumber(metric, Value(value, metric));
                    }

                    json.WriteEndObject();
                }

                json.WriteStrings("recipes", result.Recipes);
                json.WriteStrings("new_words", result.NewWords);
            });
            return;
        }

        Line("", "before", "after");
        foreach (var (title, before, after) in rows)
        {
            Line(title, Numbers.Invariant($"{100 * before:F2}"), Numbers.Invariant($"{100 * after:F2}"));
        }

        if (result.IsKept)
        {
            Host.Text.WriteLine(output);
        }

        void Line(string title, string before, string after) =>
            Host.Text.WriteLine($"{title,-12}{before,8}{after,8}".TrimEnd());
    }

    // The names of the metrics begin with that of the similarity function.
    private static double Value(EvaluationResult result, string metric) =>
        result.Metrics.First(value => value.Key.EndsWith("_" + metric, StringComparison.Ordinal)).Value;

    private static string[] Names(string? methods) =>
        methods?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
