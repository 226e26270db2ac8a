using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>encode</c>, which encodes the lines of a file as vectors.</summary>
internal sealed class EncodeCommand : CliCommand
{
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE", $"The texts: {TextInput.Formats}, as is no option");
    private readonly Option<string?> _output = NewOption.Text(
        "--output", "FILE",
        "The vectors: .npy, .safetensors (a tensor 'embeddings') or .jsonl (with the texts); default: JSON Lines on standard output");
    private readonly Option<bool> _images = new("--images")
    {
        Description = "Treats the lines of the input as paths of PNG or JPEG images, for a CLIP model",
    };
    private readonly Option<int?> _maxActiveDims = NewOption.Count(
        "--max-active-dims", "Sparse models: the maximum number of active dimensions of each vector");
    private readonly Option<bool> _tokens = new("--tokens")
    {
        Description = "Sparse models: writes tokens in descending order of weight, instead of indices",
    };
    private readonly TextColumn _column;
    private readonly EncodingOptions _encoding;

    public EncodeCommand(Host host)
        : base("encode", "Encodes the lines of a file as vectors", host)
    {
        _output.AcceptEndings(standardOutput: true, ".npy", ".safetensors", ".jsonl");
        Add(_input);
        _column = new TextColumn(this);
        Add(_output);
        Add(_images);
        Add(_maxActiveDims);
        Add(_tokens);
        _encoding = new EncodingOptions(this);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.GetValue(_output);
        if (output is not (null or "-"))
        {
            OutputFile.CheckFolder(output);
        }

        using var lines = _column.Open(arguments, arguments.GetValue(_input), Host);
        Host.Encoded = (lines.Name, lines.Numbers);
        var folder = await _encoding.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        if (ModelKinds.Of(folder) == ModelKind.SparseEncoder)
        {
            var sparse = SparseEncoder.Load(folder, _encoding.Compute(arguments));
            Host.Warn(sparse.Warnings);
            await EncodeSparseAsync(arguments, sparse, lines, output, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (arguments.GetValue(_tokens) || arguments.GetValue(_maxActiveDims) is not null)
        {
            throw new ArgumentException(
                "--tokens and --max-active-dims are for sparse models, but the model produces dense vectors; leave them out.");
        }

        var encoder = await _encoding.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        var texts = lines.TextsAsync(cancellationToken);
        var embeddings = arguments.GetValue(_images)
            ? encoder.EncodeImagesAsync(texts, cancellationToken)
            : encoder.EncodeAsync(texts, cancellationToken);
        var counts = new EmbeddingCounts(0, 0, 0);
        if (output is null or "-")
        {
            using var writer = EmbeddingWriter.JsonLines(Host.Output, encoder);
            // the results themselves show the progress
            counts = await writer.WriteAsync(embeddings, null, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            using var writer = OutputFile.Open(output, () => EmbeddingWriter.Create(output, encoder));
            await Host.WithProgressAsync(
                "encoding",
                async bar =>
                    counts = await writer.WriteAsync(
                        embeddings, new Reading(lines, bar), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }

        Summarize(counts, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private void Summarize(EmbeddingCounts counts, double seconds) =>
        Host.Error.WriteLine(
            Numbers.Invariant($"encoded {counts.Count:N0} lines ({counts.TokenCount:N0} tokens) in {seconds:F2} s, ")
            + Numbers.Invariant($"{counts.Count / seconds:N0} lines/s"));

    private async Task EncodeSparseAsync(
        ParseResult arguments, SparseEncoder model, TextLines lines, string? output, CancellationToken cancellationToken)
    {
        if (output is not (null or "-") && Path.GetExtension(output) != ".jsonl")
        {
            throw new ArgumentException($"{output}: sparse vectors are written as .jsonl only; give the file that ending.");
        }

        var options = _encoding.Sparse(arguments, Host, model, arguments.GetValue(_maxActiveDims));
        var decoder = arguments.GetValue(_tokens) ? model : null;
        using var writer = output is null or "-"
            ? new SparseEmbeddingWriter(Host.Output, decoder)
            : OutputFile.Open(output, () => new SparseEmbeddingWriter(output, decoder));
        var started = Stopwatch.GetTimestamp();
        var (count, active) = (0L, 0L);
        if (output is null or "-")
        {
            await WriteAsync(null).ConfigureAwait(false); // the results themselves show the progress
        }
        else
        {
            await Host.WithProgressAsync("encoding", WriteAsync).ConfigureAwait(false);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Host.Error.WriteLine(
            Numbers.Invariant($"encoded {count:N0} lines in {seconds:F2} s, {count / seconds:N0} lines/s; ")
            + Numbers.Invariant($"{(double)active / Math.Max(1, count):N1} of {model.Dimension:N0} dimensions active on average"));

        async Task WriteAsync(IProgress<double>? progress)
        {
            await foreach (var embedding in model.EncodeAsync(
                lines.TextsAsync(cancellationToken), options, cancellationToken).ConfigureAwait(false))
            {
                writer.Write(embedding);
                count++;
                active += embedding.Vector.ActiveDimensions;
                progress?.Report(lines.Progress);
            }

            writer.Complete();
        }
    }

    // The part of the input that is read measures progress: the number of lines is unknown.
    private sealed class Reading(TextLines lines, IProgress<double> bar) : IProgress<long>
    {
        public void Report(long value) => bar.Report(lines.Progress);
    }
}
