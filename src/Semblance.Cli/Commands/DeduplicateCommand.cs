using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary><c>deduplicate</c>: the lines of a stream that repeat no earlier one, or what the others repeat.</summary>
internal sealed class DeduplicateCommand : CliCommand
{
    private readonly Option<string?> _input = NewOption.Text("--input", "FILE", "A text a line, or JSON lines (.jsonl), also as .gz; '-', or nothing, is standard input");
    private readonly Option<string?> _field = NewOption.Text("--field", "NAME", "Each line is a JSON object, and this member the text; default 'text' for .jsonl");
    private readonly Option<float?> _threshold = NewOption.Number("--threshold", "COSINE", "The cosine from which two lines are duplicates; default 0.95");
    private readonly Option<int?> _capacity = NewOption.Count("--capacity", "How many lines are remembered, the latest ones that were new; default all");
    private readonly Option<bool> _groups = new("--groups") { Description = "What repeats what instead: lines of score, line number, number of the line that it repeats, text" };
    private readonly Option<string> _format = NewOption.Format();
    private readonly EncodingOptions _encoding;

    public DeduplicateCommand(Host host)
        : base("deduplicate", "Leave out lines that repeat an earlier one, word for word or in meaning; the first of each group stays as it is", host)
    {
        Add(_input);
        Add(_field);
        Add(_threshold);
        Add(_capacity);
        Add(_groups);
        Add(_format);
        _encoding = new EncodingOptions(this);
        Validators.Add(result =>
        {
            if (result.GetResult(_format) is { Implicit: false } && !result.GetValue(_groups))
            {
                result.AddError("--format is of use only with --groups: lines that stay are written as they are.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var lines = TextLines.Open(arguments.GetValue(_input), Host);
        var encoder = await _encoding.LoadAsync(arguments, Host, cancellation).ConfigureAwait(false);
        if (encoder.Precision != Precision.Float32)
        {
            throw new InputException("--precision", "duplicates are found with float32 vectors; leave it out.");
        }

        var detector = new DuplicateDetector(encoder.Model, new DuplicateOptions
        {
            Threshold = arguments.GetValue(_threshold) ?? new DuplicateOptions().Threshold,
            Capacity = arguments.GetValue(_capacity),
            Encoding = encoder.Options,
        });
        var waiting = new ConcurrentQueue<string>(); // lines are read ahead
        var (groups, isJson, kept) = (arguments.GetValue(_groups), arguments.GetValue(_format) == "json", 0L);
        using var output = new JsonLines(Host.Output);
        await Host.WithProgressAsync("comparing", async progress =>
        {
            await foreach (var text in detector.DetectAsync(Texts(lines, FieldOf(arguments), waiting, cancellation), cancellation).ConfigureAwait(false))
            {
                waiting.TryDequeue(out var line);
                kept += text.Duplicate is null ? 1 : 0;
                if (groups && text.Duplicate is { } duplicate)
                {
                    Write(text, duplicate, isJson ? output : null);
                }
                else if (!groups && text.Duplicate is null)
                {
                    Host.Text.WriteLine(line);
                }

                progress.Report(lines.Progress);
            }
        }).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"kept {kept:N0} of {detector.Count:N0} lines in {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s"));
    }

    private string? FieldOf(ParseResult arguments) => arguments.GetValue(_field)
        ?? (arguments.GetValue(_input) is { } path && (path.EndsWith(".jsonl", StringComparison.Ordinal) || path.EndsWith(".jsonl.gz", StringComparison.Ordinal)) ? "text" : null);

    private static async IAsyncEnumerable<string> Texts(TextLines lines, string? field, ConcurrentQueue<string> waiting, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var line in lines.ReadAsync(cancellation).ConfigureAwait(false))
        {
            waiting.Enqueue(line);
            yield return field is null ? line : TextOf(lines, line, field);
        }
    }

    private static string TextOf(TextLines lines, string line, string field)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty(field).GetString() ?? throw new KeyNotFoundException();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InputException(lines.Name, $"a JSON object with a text '{field}' is needed; --field names another member.", lines.Count);
        }
    }

    private void Write(CheckedText text, Duplicate duplicate, JsonLines? output)
    {
        if (output is null)
        {
            Host.Text.WriteLine($"{Numbers.Score(duplicate.Score)}\t{text.Place + 1}\t{duplicate.Of + 1}\t{text.Text.Replace('\t', ' ')}");
            return;
        }

        output.Write(json =>
        {
            json.WriteNumber("score", duplicate.Score);
            json.WriteNumber("line", text.Place + 1);
            json.WriteNumber("of", duplicate.Of + 1);
            json.WriteString("text", text.Text);
        });
    }
}
