using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>mine</c>, which finds the most similar pairs of lines in one file, or the translations in two files.</summary>
internal sealed class MineCommand : CliCommand
{
    private const int UsualPairs = 1000;

    private readonly EncodedInput _input;
    private readonly Option<string?> _other = NewOption.Text(
        "--other", "FILE", "Texts in another language, in the formats of --input: finds translations of its texts");
    private readonly Option<string> _margin = NewOption.Choice(
        "--margin", "--other: the margin, which scores a pair relative to the nearest neighbors of both texts", "ratio", "distance",
        "absolute");
    private readonly Option<string> _retrieval = NewOption.Choice(
        "--retrieval",
        "--other: the pairs to keep: the best with each line in at most one, the mutual best, or the best of each line of one file", "max",
        "intersection", "forward", "backward");
    private readonly Option<int?> _neighbors = NewOption.Count(
        "--neighbors", "--other: the number of nearest neighbors of a line, for candidates and margin; default: 4");
    private readonly Option<float?> _threshold = NewOption.Number("--threshold", "SCORE", "The minimum score of a pair");
    private readonly Option<int?> _maxPairs = NewOption.Count(
        "--max-pairs", $"The maximum number of pairs, the best ones; default: {UsualPairs}, with --other: all");
    private readonly Option<int?> _topK = NewOption.Count(
        "--top-k", "Keeps only pairs in which one text is among the N nearest neighbors of the other");
    private readonly Option<string> _format = NewOption.Format();

    public MineCommand(Host host)
        : base(
            "mine",
            "Finds the most similar lines of a file, or translations in two files; writes lines of score, line number, line number, text, "
            + "text",
            host)
    {
        _input = new EncodedInput(this);
        Add(_other);
        Add(_margin);
        Add(_retrieval);
        Add(_neighbors);
        Add(_threshold);
        Add(_maxPairs);
        Add(_topK);
        Add(_format);
        _input.AddEncoding(this);
        Validators.Add(result =>
        {
            var isBitext = result.GetResult(_other) is not null;
            if (isBitext && _input.HasVectors(result))
            {
                result.AddError("--vectors is for one file; leave it out with --other.");
            }

            Option[] ofOthers = isBitext ? [_topK] : [_margin, _retrieval, _neighbors];
            if (ofOthers.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } wrong)
            {
                result.AddError(
                    isBitext ? $"{wrong.Name} is for one file; use --neighbors with --other." : $"{wrong.Name} requires --other.");
            }
        });
    }

    protected override Task RunAsync(ParseResult arguments, CancellationToken cancellationToken) =>
        arguments.GetValue(_other) is { } other
            ? MineBitextAsync(other, arguments, cancellationToken)
            : MineParaphrasesAsync(arguments, cancellationToken);

    private async Task MineParaphrasesAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var input = await _input.ReadAsync(arguments, Host, normalize: false, cancellationToken).ConfigureAwait(false);
        var texts = input.Texts;

        var comparisonStarted = Stopwatch.GetTimestamp();
        var options = new MiningOptions
        {
            Threshold = arguments.GetValue(_threshold) ?? float.NegativeInfinity,
            MaxPairs = arguments.GetValue(_maxPairs) ?? UsualPairs,
            TopK = arguments.GetValue(_topK),
            Similarity = input.Similarity,
            MaxThreads = _input.Encoding.MaxThreads(arguments),
        };
        IReadOnlyList<ScoredPair> pairs = [];
        await Host.WithProgressAsync("comparing", progress =>
        {
            pairs = ParaphraseMining.Mine(input.Vectors, options, progress, cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var compared = Stopwatch.GetElapsedTime(comparisonStarted).TotalSeconds;

        Write(pairs, (texts, input.Numbers), (texts, input.Numbers), arguments.GetValue(_format) == "json");
        if (pairs.Count == options.MaxPairs && arguments.GetValue(_maxPairs) is null)
        {
            Host.Error.WriteLine(Numbers.Invariant($"note: only the best {pairs.Count:N0} pairs are shown; use --max-pairs for more."));
        }

        Host.Error.WriteLine(
            Numbers.Invariant($"{input.Summary}; compared {(long)texts.Count * (texts.Count - 1) / 2:N0} pairs in {compared:F2} s; ")
            + Numbers.Invariant($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s in all"));
    }

    // Repeated lines are compared once: as neighbors of their own translation they would lower the margin.
    private async Task MineBitextAsync(string other, ParseResult arguments, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var sourceLines = _input.OpenTexts(arguments, Host);
        using var targetLines = _input.Column.Open(arguments, other, Host);
        var encoder = await _input.Encoding.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var sources = Distinct(await sourceLines.AllTextsAsync(cancellationToken).ConfigureAwait(false));
        var targets = Distinct(await targetLines.AllTextsAsync(cancellationToken).ConfigureAwait(false));

        var encodingStarted = Stopwatch.GetTimestamp();
        var source = encoder.Restored(await EncodeAsync(encoder, sources, sourceLines, cancellationToken).ConfigureAwait(false));
        var target = encoder.Restored(await EncodeAsync(encoder, targets, targetLines, cancellationToken).ConfigureAwait(false));
        var encoded = Stopwatch.GetElapsedTime(encodingStarted).TotalSeconds;

        var comparisonStarted = Stopwatch.GetTimestamp();
        var options = new BitextMiningOptions
        {
            Margin = Enum.Parse<Margin>(arguments.GetValue(_margin)!, ignoreCase: true),
            Retrieval = Enum.Parse<BitextRetrieval>(arguments.GetValue(_retrieval)!, ignoreCase: true),
            Neighbors = arguments.GetValue(_neighbors) ?? new BitextMiningOptions().Neighbors,
            Threshold = arguments.GetValue(_threshold) ?? float.NegativeInfinity,
            MaxThreads = encoder.Options.MaxThreads ?? int.MaxValue,
        };
        IReadOnlyList<ScoredPair> pairs = [];
        await Host.WithProgressAsync("comparing", progress =>
        {
            pairs = BitextMining.Mine(source, target, options, progress, cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var compared = Stopwatch.GetElapsedTime(comparisonStarted).TotalSeconds;

        var shown = pairs.Take(arguments.GetValue(_maxPairs) ?? int.MaxValue).Select(
            pair => pair with { First = sources.Lines[pair.First], Second = targets.Lines[pair.Second] });
        Write(shown, (sources.All, sourceLines.Numbers), (targets.All, targetLines.Numbers), arguments.GetValue(_format) == "json");
        Host.Error.WriteLine(
            Numbers.Invariant($"encoded {sources.Texts.Count + targets.Texts.Count:N0} different lines in {encoded:F2} s; ")
            + Numbers.Invariant($"compared {(long)sources.Texts.Count * targets.Texts.Count:N0} pairs in {compared:F2} s; ")
            + Numbers.Invariant($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s in all"));
    }

    private async Task<Embeddings> EncodeAsync(
        QuantizingEncoder encoder, (List<string> All, List<string> Texts, List<int> Lines) distinct, TextLines lines,
        CancellationToken cancellationToken)
    {
        var numbers = new LineNumbers();
        distinct.Lines.ForEach(line => numbers.Add(lines.Numbers[line]));
        Host.Encoded = (lines.Name, numbers);
        Embeddings? embeddings = null;
        await Host.WithProgressAsync("encoding", progress =>
        {
            embeddings = encoder.Model.Encode(distinct.Texts, encoder.Options, new EncodingProgress(progress), cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return embeddings!;
    }

    // Returns each distinct text once, with the number of its first line.
    private static (List<string> All, List<string> Texts, List<int> Lines) Distinct(List<string> all)
    {
        var first = new OrderedDictionary<string, int>();
        foreach (var (line, text) in all.Index())
        {
            first.TryAdd(text, line);
        }

        return (all, [.. first.Keys], [.. first.Values]);
    }

    private void Write(
        IEnumerable<ScoredPair> pairs, (List<string> Texts, LineNumbers Lines) firsts, (List<string> Texts, LineNumbers Lines) seconds,
        bool isJson)
    {
        using var output = new JsonLinesWriter(Host.Output);
        foreach (var (first, second, score) in pairs)
        {
            if (isJson)
            {
                output.Write(json =>
                {
                    json.WriteNumber("score", score);
                    json.WriteNumbers("lines", [(int)firsts.Lines[first], (int)seconds.Lines[second]]);
                    json.WriteStrings("texts", [firsts.Texts[first], seconds.Texts[second]]);
                });
            }
            else
            {
                Host.Text.WriteLine(
                    $"{Numbers.Score(score)}\t{firsts.Lines[first]}\t{seconds.Lines[second]}\t{Column.Of(firsts.Texts[first])}\t"
                    + Column.Of(seconds.Texts[second]));
            }
        }
    }
}
