using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands;

/// <summary>
/// Represents <c>deduplicate</c>, which removes the lines of a stream that duplicate an earlier one, or lists the duplicates.
/// </summary>
internal sealed class DeduplicateCommand : CliCommand
{
    private readonly EncodedInput _input;
    private readonly Option<float?> _threshold = NewOption.Number(
        "--threshold", "COSINE", "The minimum cosine similarity of duplicates; default: 0.95");
    private readonly Option<int?> _capacity = NewOption.Count(
        "--capacity", "The maximum number of kept lines to compare with, the latest ones; default: all");
    private readonly Option<bool> _groups = new("--groups")
    {
        Description = "Writes the duplicates instead: lines of score, line number, number of the original line, text",
    };
    private readonly Option<string> _format = NewOption.Format();

    public DeduplicateCommand(Host host)
        : base(
            "deduplicate", "Removes lines that duplicate an earlier one, literally or in meaning; keeps the first of each group unchanged",
            host)
    {
        _input = new EncodedInput(this);
        Add(_threshold);
        Add(_capacity);
        Add(_groups);
        Add(_format);
        _input.AddEncoding(this);
        Validators.Add(result =>
        {
            if (result.GetResult(_format) is { Implicit: false } && !result.GetValue(_groups))
            {
                result.AddError("--format requires --groups: kept lines are written unchanged.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var lines = _input.OpenTexts(arguments, Host);
        Host.Encoded = (lines.Name, lines.Numbers);
        var options = new DuplicateOptions
        {
            Threshold = arguments.GetValue(_threshold) ?? new DuplicateOptions().Threshold,
            Capacity = arguments.GetValue(_capacity),
        };
        var waiting = new ConcurrentQueue<string>(); // the detector reads ahead
        var texts = Texts(lines, waiting, cancellationToken);
        var found = _input.HasVectors(arguments)
            ? CompareAsync(arguments, lines.Name, texts, options, cancellationToken)
            : await DetectAsync(arguments, texts, options, cancellationToken).ConfigureAwait(false);
        var (groups, isJson, count, kept) = (arguments.GetValue(_groups), arguments.GetValue(_format) == "json", 0L, 0L);
        using var output = new JsonLinesWriter(Host.Output);
        await Host.WithProgressAsync("comparing", async progress =>
        {
            await foreach (var text in found.ConfigureAwait(false))
            {
                waiting.TryDequeue(out var line);
                count++;
                kept += text.Duplicate is null ? 1 : 0;
                if (groups && text.Duplicate is { } duplicate)
                {
                    Write(text, duplicate, lines.Numbers, isJson ? output : null);
                }
                else if (!groups && text.Duplicate is null)
                {
                    if (kept == 1 && lines.Header is { } header)
                    {
                        Host.Text.WriteLine(header);
                    }

                    Host.Text.WriteLine(line);
                }

                progress.Report(lines.Progress);
            }
        }).ConfigureAwait(false);
        Host.Error.WriteLine(
            Numbers.Invariant($"kept {kept:N0} of {count:N0} lines in {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s"));
    }

    private async Task<IAsyncEnumerable<CheckedText>> DetectAsync(
        ParseResult arguments, IAsyncEnumerable<string> texts, DuplicateOptions options, CancellationToken cancellationToken)
    {
        var encoder = await _input.Encoding.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        return encoder.Precision == Precision.Float32
            ? new DuplicateDetector(encoder.Model, options with { Encoding = encoder.Options }).DetectAsync(texts, cancellationToken)
            : throw new InputException("--precision", "duplicates are detected with float32 vectors; leave it out.");
    }

    private async IAsyncEnumerable<CheckedText> CompareAsync(
        ParseResult arguments, string name, IAsyncEnumerable<string> texts, DuplicateOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var all = await texts.ToListAsync(cancellationToken).ConfigureAwait(false);
        var vectors = _input.Open(arguments, name, all.Count);
        var found = new DuplicateDetector(vectors.Dimension, options).Add(vectors.ToTensor(), cancellationToken);
        foreach (var (place, text) in all.Index())
        {
            yield return new CheckedText(place, text, found[place]);
        }
    }

    private static async IAsyncEnumerable<string> Texts(
        TextLines lines, ConcurrentQueue<string> waiting, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in lines.EntriesAsync(cancellationToken).ConfigureAwait(false))
        {
            waiting.Enqueue(entry.Source);
            yield return entry.Text;
        }
    }

    private void Write(CheckedText text, Duplicate duplicate, LineNumbers lines, JsonLinesWriter? output)
    {
        if (output is null)
        {
            Host.Text.WriteLine(
                $"{Numbers.Score(duplicate.Score)}\t{lines[text.Place]}\t{lines[duplicate.Of]}\t{Column.Of(text.Text)}");
            return;
        }

        output.Write(json =>
        {
            json.WriteNumber("score", duplicate.Score);
            json.WriteNumber("line", lines[text.Place]);
            json.WriteNumber("of", lines[duplicate.Of]);
            json.WriteString("text", text.Text);
        });
    }
}
