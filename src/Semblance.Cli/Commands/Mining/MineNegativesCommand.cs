using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>mine-negatives</c>, which mines hard negatives for pairs of texts and writes training data.</summary>
internal sealed class MineNegativesCommand : CliCommand
{
    // The names in the order of HardNegativeFormat.
    private static readonly string[] Formats = ["triplet", "n-tuple", "n-tuple-scores", "labeled-pair", "labeled-list"];

    private readonly Option<string?> _data = NewOption.Text("--data", "FILE", "The pairs: .tsv, .csv or .jsonl; may be .gz");
    private readonly Option<string?> _columns = NewOption.Text(
        "--columns", "A,B", "The columns of anchors and positives; default: the first two");
    private readonly Option<string?> _output = NewOption.Text("--output", "FILE", "The training data: .tsv or .jsonl");
    private readonly Option<string?> _corpus = NewOption.Text(
        "--corpus", "FILE", $"Additional candidates: {TextInput.Formats}; the positives of all anchors are always candidates");
    private readonly Option<string?> _crossEncoder = NewOption.Text(
        "--cross-encoder", "MODEL", "A cross-encoder that rescores candidates and positives: a folder or a Hub id");
    private readonly Option<int?> _rangeMin = NewOption.Integer(
        "--range-min", "The number of nearest candidates that pass the limits to skip; default: 0", least: 0);
    private readonly Option<int?> _rangeMax = NewOption.Count(
        "--range-max", "The number of nearest candidates to consider; default: as many as are likely to be enough");
    private readonly Option<float?> _minScore = NewOption.Number("--min-score", "SCORE", "The minimum score of a negative");
    private readonly Option<float?> _maxScore = NewOption.Number("--max-score", "SCORE", "The maximum score of a negative");
    private readonly Option<float?> _absoluteMargin = NewOption.Number(
        "--absolute-margin", "M", "The minimum difference between the lowest score of the positives and the score of a negative");
    private readonly Option<float?> _relativeMargin = NewOption.Number(
        "--relative-margin", "M", "The minimum relative difference to the lowest score of the positives: 0.05 for at most 95 % of it");
    private readonly Option<int?> _numNegatives = NewOption.Count(
        "--num-negatives", "The maximum number of negatives per anchor; default: 3");
    private readonly Option<string> _sampling = NewOption.Choice(
        "--sampling", "The candidates to choose from those that pass: the nearest, or random ones", "top", "random");
    private readonly Option<int?> _seed = NewOption.Integer("--seed", "The random seed of --sampling random; default: 0");
    private readonly Option<bool> _includePositives = new("--include-positives")
    {
        Description = "Includes positives among the candidates, to evaluate rerankers, not to train; requires --format n-tuple",
    };
    private readonly Option<string?> _corpusPrompt = NewOption.Text(
        "--corpus-prompt", "TEXT", "A text to prepend to positives and corpus; --prompt and --prompt-name are for anchors");
    private readonly Option<string?> _corpusPromptName = NewOption.Text(
        "--corpus-prompt-name", "NAME", "The name of a prompt of the model instead");
    private readonly Option<string> _format = NewOption.Choice("--format", "The format of a row", Formats);
    private readonly Option<bool> _includeScores = new("--include-scores") { Description = "Adds columns of scores" };
    private readonly TextColumn _column;
    private readonly EncodingOptions _encoding;

    public MineNegativesCommand(Host host)
        : base(
            "mine-negatives",
            "Mines hard negatives, texts that are similar to an anchor but none of its positives, and writes training data", host)
    {
        _data.Required = _output.Required = true;
        _output.AcceptEndings(standardOutput: false, ".tsv", ".jsonl");
        Option[] options =
        [
            _data, _columns, _output, _corpus, _crossEncoder, _rangeMin, _rangeMax, _minScore, _maxScore, _absoluteMargin, _relativeMargin,
            _numNegatives, _sampling, _seed,
            _includePositives, _corpusPrompt, _corpusPromptName, _format, _includeScores,
        ];
        foreach (var option in options)
        {
            Add(option);
        }

        _column = new TextColumn(this);
        _encoding = new EncodingOptions(this);
        Validators.Add(result =>
        {
            var format = result.GetValue(_format);
            if (result.GetValue(_includePositives) && format != "n-tuple")
            {
                result.AddError("--include-positives needs --format n-tuple, which keeps the order.");
            }

            if (format == "labeled-list" && Path.GetExtension(result.GetValue(_output)) == ".tsv")
            {
                result.AddError("--format labeled-list writes lists; use an --output that ends with .jsonl.");
            }

            if (result.GetValue(_columns) is { } columns && columns.Split(',').Length != 2)
            {
                result.AddError("--columns needs two names, separated by a comma.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var output = arguments.GetValue(_output)!;
        OutputFile.CheckFolder(output);
        var data = arguments.GetValue(_data)!;
        var columns = arguments.GetValue(_columns)?.Split(',') ?? [.. DatasetReader.ColumnNames(data).Take(2)];
        if (columns.Length < 2)
        {
            throw new InputException(data, "the file has one column; two are needed, for anchors and positives.");
        }

        using var corpusLines = arguments.GetValue(_corpus) is { } path ? _column.Open(arguments, path, Host) : null;
        var encoder = await _encoding.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        if (encoder.Precision != Precision.Float32)
        {
            throw new InputException("--precision", "negatives are mined with float32 vectors; leave it out.");
        }

        var crossEncoder = arguments.GetValue(_crossEncoder) is { } name
            ? CrossEncoder.Load(
                await ModelOption.FolderAsync(name, Host, cancellationToken, ModelKind.CrossEncoder).ConfigureAwait(false),
                _encoding.Compute(arguments))
            : null;
        Host.Warn(crossEncoder?.Warnings ?? []);
        var corpus = corpusLines is null
            ? null
            : await corpusLines.AllTextsAsync(cancellationToken).ConfigureAwait(false);
        (string, string)[] pairs = [.. new DatasetReader(data, new ColumnMapping(columns)).Select(row => (row.Texts[0], row.Texts[1]))];
        if (pairs.Length == 0)
        {
            throw new InputException(data, "the file has no rows.");
        }

        var limits = Limits(arguments, encoder) with
        {
            CrossEncoder = PredictOptions.Default with
            {
                BatchTokens = encoder.Options.BatchTokens,
                MaxThreads = encoder.Options.MaxThreads,
                Counter = Host.Count("pairs of the cross-encoder", ""),
            },
        };
        HardNegatives? mined = null;
        await Host.WithProgressAsync("mining", progress =>
        {
            mined = HardNegativeMining.Mine(
                encoder.Model, pairs, limits, corpus, crossEncoder, progress, cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);

        using var file = OutputFile.Open(output, () => new AtomicFile(output));
        var format = (HardNegativeFormat)Array.IndexOf(Formats, arguments.GetValue(_format));
        var rows = HardNegativeWriter.Write(
            file.Stream, Path.GetExtension(output), mined!, format, columns[0], columns[1], arguments.GetValue(_includeScores));
        file.Commit();
        Report(mined!, rows, output, Stopwatch.GetElapsedTime(started));
    }

    private HardNegativeOptions Limits(ParseResult arguments, QuantizingEncoder encoder) => new()
    {
        RangeMin = arguments.GetValue(_rangeMin) ?? 0,
        RangeMax = arguments.GetValue(_rangeMax),
        MinScore = arguments.GetValue(_minScore),
        MaxScore = arguments.GetValue(_maxScore),
        AbsoluteMargin = arguments.GetValue(_absoluteMargin),
        RelativeMargin = arguments.GetValue(_relativeMargin),
        NumNegatives = arguments.GetValue(_numNegatives) ?? new HardNegativeOptions().NumNegatives,
        Sampling = arguments.GetValue(_sampling) == "random" ? NegativeSampling.Random : NegativeSampling.Top,
        Seed = arguments.GetValue(_seed) ?? 0,
        IncludePositives = arguments.GetValue(_includePositives),
        Queries = encoder.Options,
        Corpus = encoder.Options with { Prompt = arguments.GetValue(_corpusPrompt), PromptName = arguments.GetValue(_corpusPromptName) },
    };

    private void Report(HardNegatives mined, int rows, string output, TimeSpan elapsed)
    {
        Line("", "count", "mean", "deviation", "min", "25 %", "median", "75 %", "max");
        foreach (
            var (name, scores) in new[] { ("positive", mined.Positives), ("negative", mined.Negatives), ("difference", mined.Differences) })
        {
            double[] values =
            [
                scores.Mean, scores.Deviation, scores.Minimum, scores.LowerQuartile, scores.Median, scores.UpperQuartile, scores.Maximum,
            ];
            Line(name, [Numbers.Invariant($"{scores.Count}"), .. values.Select(value => Numbers.Invariant($"{value:F4}"))]);
        }

        foreach (var (limit, count) in mined.Rejected)
        {
            Host.Error.WriteLine(Numbers.Invariant($"{limit} rejected {count:N0} of {mined.Candidates:N0} candidates"));
        }

        if (mined.Missing > 0)
        {
            Host.Error.WriteLine(
                Numbers.Invariant($"note: {mined.Missing:N0} negatives are missing, so some pairs have fewer; ")
                + "a larger --range-max or weaker limits find more.");
        }

        Host.Error.WriteLine(
            Numbers.Invariant($"wrote {rows:N0} rows for {mined.Pairs.Count:N0} pairs of {mined.Anchors:N0} anchors to {output} in ")
            + Numbers.Invariant($"{elapsed.TotalSeconds:F1} s"));
    }

    private void Line(string name, params string[] values) =>
        Host.Error.WriteLine(name.PadRight(10) + string.Concat(values.Select(value => value.PadLeft(11))));
}
