using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary><c>mine</c>: the pairs of lines that are most alike, by comparing all of them.</summary>
internal sealed class MineCommand : CliCommand
{
    private const int UsualPairs = 1000;

    private readonly Option<string?> _input = NewOption.Text("--input", "FILE", "A text a line, also as .gz; '-', or nothing, is standard input");
    private readonly Option<float?> _threshold = NewOption.Number("--threshold", "SCORE", "The score that a pair has at least");
    private readonly Option<int?> _maxPairs = NewOption.Count("--max-pairs", $"How many pairs are shown at most, the best ones; default {UsualPairs}");
    private readonly Option<int?> _topK = NewOption.Count("--top-k", "Only pairs of which one is among the N nearest of the other");
    private readonly Option<string> _format = NewOption.Format();
    private readonly EncodingOptions _encoding;

    public MineCommand(Host host)
        : base("mine", "Find the lines of a text that are most alike: lines of score, line number, line number, text, text", host)
    {
        Add(_input);
        Add(_threshold);
        Add(_maxPairs);
        Add(_topK);
        Add(_format);
        _encoding = new EncodingOptions(this);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var lines = TextLines.Open(arguments.GetValue(_input), Host);
        var encoder = await _encoding.LoadAsync(arguments, Host, cancellation).ConfigureAwait(false);
        var texts = await lines.ReadAllAsync(cancellation).ConfigureAwait(false);

        var encodingStarted = Stopwatch.GetTimestamp();
        Embeddings? embeddings = null;
        await Host.WithProgressAsync("encoding", progress =>
        {
            embeddings = encoder.Model.Encode(texts, encoder.Options, Encoder.Part(progress), cancellation);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var encoded = Stopwatch.GetElapsedTime(encodingStarted).TotalSeconds;

        var comparisonStarted = Stopwatch.GetTimestamp();
        var options = new MiningOptions
        {
            Threshold = arguments.GetValue(_threshold) ?? float.NegativeInfinity,
            MaxPairs = arguments.GetValue(_maxPairs) ?? UsualPairs,
            TopK = arguments.GetValue(_topK),
            Similarity = encoder.Model.Config.SimilarityFunction,
            MaxThreads = encoder.Options.Threads ?? int.MaxValue,
        };
        IReadOnlyList<ScoredPair> pairs = [];
        await Host.WithProgressAsync("comparing", progress =>
        {
            pairs = ParaphraseMining.Mine(encoder.Restored(embeddings!), options, progress, cancellation);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var compared = Stopwatch.GetElapsedTime(comparisonStarted).TotalSeconds;

        Write(pairs, texts, arguments.GetValue(_format) == "json");
        if (pairs.Count == options.MaxPairs && arguments.GetValue(_maxPairs) is null)
        {
            Host.Error.WriteLine(Numbers.Invariant($"note: these are the best {pairs.Count:N0} pairs; --max-pairs shows more."));
        }

        Host.Error.WriteLine(Numbers.Invariant(
            $"encoded {texts.Count:N0} lines in {encoded:F2} s; compared {(long)texts.Count * (texts.Count - 1) / 2:N0} pairs in {compared:F2} s; {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s in all"));
    }

    private void Write(IReadOnlyList<ScoredPair> pairs, List<string> texts, bool isJson)
    {
        using var output = new JsonLines(Host.Output);
        foreach (var (first, second, score) in pairs)
        {
            if (isJson)
            {
                output.Write(json =>
                {
                    json.WriteNumber("score", score);
                    json.WriteNumbers("lines", [first + 1, second + 1]);
                    json.WriteStrings("texts", [texts[first], texts[second]]);
                });
            }
            else
            {
                Host.Text.WriteLine($"{Numbers.Score(score)}\t{first + 1}\t{second + 1}\t{WithoutTabs(texts[first])}\t{WithoutTabs(texts[second])}");
            }
        }
    }

    // A tab inside a text would begin another column.
    private static string WithoutTabs(string text) => text.Replace('\t', ' ');
}
