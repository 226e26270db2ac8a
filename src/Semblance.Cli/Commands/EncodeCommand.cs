using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary><c>encode</c>: a line of text, a vector.</summary>
internal sealed class EncodeCommand : CliCommand
{
    private readonly Option<string?> _input = NewOption.Text("--input", "FILE", "A text a line, also as .gz; '-', or nothing, is standard input");
    private readonly Option<string?> _output = NewOption.Text("--output", "FILE", "The vectors: .npy, .safetensors (a tensor 'embeddings') or .jsonl (with the texts); without it, JSON lines on standard output");
    private readonly Option<bool> _images = new("--images") { Description = "The lines of the input are paths of PNG images, for a CLIP model" };
    private readonly EncodingOptions _encoding;

    public EncodeCommand(Host host)
        : base("encode", "Turn each line of a text into a vector", host)
    {
        _output.AcceptEndings(standardOutput: true, ".npy", ".safetensors", ".jsonl");
        Add(_input);
        Add(_output);
        Add(_images);
        _encoding = new EncodingOptions(this);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var output = arguments.GetValue(_output);
        if (output is not (null or "-"))
        {
            OutputFile.CheckFolder(output);
        }

        using var lines = TextLines.Open(arguments.GetValue(_input), Host);
        var encoder = await _encoding.LoadAsync(arguments, Host, cancellation).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        var (count, tokens, truncated) = (0L, 0L, 0L);
        using (var writer = EmbeddingWriter.Open(output, encoder, Host))
        {
            if (output is null or "-")
            {
                await WriteAsync(null).ConfigureAwait(false); // the results themselves show how far it is
            }
            else
            {
                await Host.WithProgressAsync("encoding", WriteAsync).ConfigureAwait(false);
            }

            async Task WriteAsync(IProgress<double>? progress)
            {
                await foreach (var (embedding, stored) in encoder.EncodeAsync(lines.ReadAsync(cancellation), arguments.GetValue(_images), cancellation).ConfigureAwait(false))
                {
                    writer.Write(embedding, stored);
                    count++;
                    tokens += embedding.TokenCount;
                    truncated += embedding.Truncated ? 1 : 0;
                    if (count % 1024 == 0)
                    {
                        progress?.Report(lines.Progress);
                    }
                }
            }

            writer.Complete();
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Host.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"encoded {count:N0} lines ({tokens:N0} tokens) in {seconds:F2} s, {count / seconds:N0} lines/s{(truncated > 0 || encoder.Model.MaxSequenceLength < int.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"; {truncated:N0} were cut at {encoder.Model.MaxSequenceLength} tokens") : "")}"));
    }
}
