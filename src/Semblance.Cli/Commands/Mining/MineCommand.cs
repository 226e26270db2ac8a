using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands;

/// <summary><c>mine</c>: the pairs of lines that are most alike, in one text, or in two of different languages, by comparing all of them.</summary>
internal sealed class MineCommand : CliCommand
{
    private const int UsualPairs = 1000;

    private readonly EncodedInput _input;
    private readonly Option<string?> _other = NewOption.Text("--other", "FILE", "A text a line in another language: find the translations of --input's lines in it");
    private readonly Option<string> _margin = NewOption.Choice("--margin", "--other: how a pair is scored against the nearest neighbours of both texts", "ratio", "distance", "absolute");
    private readonly Option<string> _retrieval = NewOption.Choice("--retrieval", "--other: which pairs are kept: the best with each line in one at most, the mutually best, or the best of each line of one file", "max", "intersection", "forward", "backward");
    private readonly Option<int?> _neighbors = NewOption.Count("--neighbors", "--other: how many nearest lines are a line's candidates and its neighbourhood; default 4");
    private readonly Option<float?> _threshold = NewOption.Number("--threshold", "SCORE", "The score that a pair has at least");
    private readonly Option<int?> _maxPairs = NewOption.Count("--max-pairs", $"How many pairs are shown at most, the best ones; default {UsualPairs}, with --other all");
    private readonly Option<int?> _topK = NewOption.Count("--top-k", "Only pairs of which one is among the N nearest of the other");
    private readonly Option<string> _format = NewOption.Format();

    public MineCommand(Host host)
        : base("mine", "Find the lines of a text that are most alike, or translations in two texts: lines of score, line number, line number, text, text", host)
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
                result.AddError("--vectors is for one file; --other encodes both.");
            }

            Option[] ofOthers = isBitext ? [_topK] : [_margin, _retrieval, _neighbors];
            if (ofOthers.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } wrong)
            {
                result.AddError(isBitext ? $"{wrong.Name} is for one file; use --neighbors with --other." : $"{wrong.Name} is of use only with --other.");
            }
        });
    }

    protected override Task RunAsync(ParseResult arguments, CancellationToken cancellationToken) =>
        arguments.GetValue(_other) is { } other ? MineBitextAsync(other, arguments, cancellationToken) : MineParaphrasesAsync(arguments, cancellationToken);

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

        Write(pairs, texts, texts, arguments.GetValue(_format) == "json");
        if (pairs.Count == options.MaxPairs && arguments.GetValue(_maxPairs) is null)
        {
            Host.Error.WriteLine(Numbers.Invariant($"note: these are the best {pairs.Count:N0} pairs; --max-pairs shows more."));
        }

        Host.Error.WriteLine(Numbers.Invariant(
            $"{input.Summary}; compared {(long)texts.Count * (texts.Count - 1) / 2:N0} pairs in {compared:F2} s; {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s in all"));
    }

    // A line that comes again is no text of its own: as a neighbour of its own translation it would lower the margin.
    private async Task MineBitextAsync(string other, ParseResult arguments, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var sourceLines = TextInput.Open(_input.Path(arguments), Host);
        using var targetLines = TextInput.Open(other, Host);
        var encoder = await _input.Encoding.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var sources = Distinct(await sourceLines.AllTextsAsync(cancellationToken: cancellationToken).ConfigureAwait(false));
        var targets = Distinct(await targetLines.AllTextsAsync(cancellationToken: cancellationToken).ConfigureAwait(false));

        var encodingStarted = Stopwatch.GetTimestamp();
        var source = encoder.Restored(await EncodeAsync(encoder, sources.Texts, cancellationToken).ConfigureAwait(false));
        var target = encoder.Restored(await EncodeAsync(encoder, targets.Texts, cancellationToken).ConfigureAwait(false));
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

        var shown = pairs.Take(arguments.GetValue(_maxPairs) ?? int.MaxValue).Select(pair => pair with { First = sources.Lines[pair.First], Second = targets.Lines[pair.Second] });
        Write(shown, sources.All, targets.All, arguments.GetValue(_format) == "json");
        Host.Error.WriteLine(Numbers.Invariant(
            $"encoded {sources.Texts.Count + targets.Texts.Count:N0} different lines in {encoded:F2} s; compared {(long)sources.Texts.Count * targets.Texts.Count:N0} pairs in {compared:F2} s; {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s in all"));
    }

    private async Task<Embeddings> EncodeAsync(QuantizingEncoder encoder, List<string> texts, CancellationToken cancellationToken)
    {
        Embeddings? embeddings = null;
        await Host.WithProgressAsync("encoding", progress =>
        {
            embeddings = encoder.Model.Encode(texts, encoder.Options, new EncodingProgress(progress), cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return embeddings!;
    }

    // The texts of lines, each once, and which line each is first.
    private static (List<string> All, List<string> Texts, List<int> Lines) Distinct(List<string> all)
    {
        var first = new OrderedDictionary<string, int>();
        foreach (var (line, text) in all.Index())
        {
            first.TryAdd(text, line);
        }

        return (all, [.. first.Keys], [.. first.Values]);
    }

    private void Write(IEnumerable<ScoredPair> pairs, List<string> firsts, List<string> seconds, bool isJson)
    {
        using var output = new JsonLinesWriter(Host.Output);
        foreach (var (first, second, score) in pairs)
        {
            if (isJson)
            {
                output.Write(json =>
                {
                    json.WriteNumber("score", score);
                    json.WriteNumbers("lines", [first + 1, second + 1]);
                    json.WriteStrings("texts", [firsts[first], seconds[second]]);
                });
            }
            else
            {
                Host.Text.WriteLine($"{Numbers.Score(score)}\t{first + 1}\t{second + 1}\t{Column.Of(firsts[first])}\t{Column.Of(seconds[second])}");
            }
        }
    }
}
