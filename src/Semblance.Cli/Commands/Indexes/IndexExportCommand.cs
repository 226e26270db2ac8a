using System.CommandLine;
using System.Runtime.InteropServices;
using Semblance.Checkpoints;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents <c>index export</c>, which writes the vectors, ids and texts of an index for other programs.</summary>
internal sealed class IndexExportCommand : CliCommand
{
    private const string Rows = ".jsonl", Numpy = ".npy", Fvecs = ".fvecs";

    private readonly IndexPlace _place;
    private readonly Option<string?> _output = NewOption.Text(
        "--output", "FILE",
        ".jsonl for an object of id, text, labels and embedding on each line; .npy or .fvecs for vectors, with their ids in FILE.ids.txt");

    public IndexExportCommand(Host host)
        : base("export", "Writes the vectors of an index, with their ids and texts, for other programs", host)
    {
        _place = new IndexPlace(this);
        _output.Required = true;
        _output.AcceptEndings(standardOutput: false, Rows, Numpy, Fvecs);
        Add(_output);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.GetValue(_output)!;
        OutputFile.CheckFolder(output);
        using var open = await _place.OpenAsync(arguments, isWritten: false, cancellationToken).ConfigureAwait(false);
        var total = await open.Index.CountAsync(cancellationToken).ConfigureAwait(false);
        var count = 0L;
        await Host.WithProgressAsync("exporting", async bar =>
        {
            var records = Counted();
            await (Path.GetExtension(output) switch
            {
                Rows => WriteRowsAsync(output, records),
                Numpy => WriteVectorsAsync(output, records, new NpyVectors(output, open.Index.Dimension)),
                _ => WriteVectorsAsync(output, records, new FvecsVectors(output)),
            }).ConfigureAwait(false);

            async IAsyncEnumerable<VectorRecord> Counted()
            {
                await foreach (var record in open.Index.ReadAsync(null, cancellationToken).ConfigureAwait(false))
                {
                    count++;
                    bar.Report((double)count / Math.Max(total, 1));
                    yield return record;
                }
            }
        }).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"wrote {count:N0} vectors of {open.Index.Dimension} to {output}"));
    }

    private static async Task WriteRowsAsync(string path, IAsyncEnumerable<VectorRecord> records)
    {
        using var file = OutputFile.Open(path, () => new AtomicFile(path));
        using (var lines = new JsonLinesWriter(file.Stream))
        {
            await foreach (var record in records.ConfigureAwait(false))
            {
                lines.Write(json =>
                {
                    if (record.Id.Text is { } id)
                    {
                        json.WriteString("id", id);
                    }
                    else
                    {
                        json.WriteNumber("id", record.Id.Number);
                    }

                    if (record.Text is not null)
                    {
                        json.WriteString("text", record.Text);
                    }

                    foreach (var (name, value) in record.Metadata ?? new Dictionary<string, string>())
                    {
                        json.WriteString(name, value);
                    }

                    json.WriteNumbers("embedding", record.Vector.Span);
                });
            }
        }

        file.Commit();
    }

    // The ids are written last, so that a file of ids belongs to complete vectors.
    private static async Task WriteVectorsAsync(string path, IAsyncEnumerable<VectorRecord> records, IVectors vectors)
    {
        using var ids = OutputFile.Open(path + ".ids.txt", () => new AtomicFile(path + ".ids.txt"));
        using (vectors)
        {
            using var lines = new StreamWriter(ids.Stream, leaveOpen: true) { NewLine = "\n" };
            await foreach (var record in records.ConfigureAwait(false))
            {
                vectors.Write(record.Vector.Span);
                lines.WriteLine(Column.Last(record.Id.ToString()));
            }

            vectors.Complete();
        }

        ids.Commit();
    }

    private interface IVectors : IDisposable
    {
        void Write(ReadOnlySpan<float> vector);

        void Complete();
    }

    private sealed class NpyVectors(string path, int columns) : IVectors
    {
        private readonly NpyWriter _file = OutputFile.Open(path, () => new NpyWriter(path, columns));

        public void Write(ReadOnlySpan<float> vector) => _file.Write(vector);

        public void Complete() => _file.Complete();

        public void Dispose() => _file.Dispose();
    }

    // Each vector is its dimension as int32 and its elements as float32, little-endian (corpus-texmex.irisa.fr).
    private sealed class FvecsVectors(string path) : IVectors
    {
        private readonly AtomicFile _file = OutputFile.Open(path, () => new AtomicFile(path));

        public void Write(ReadOnlySpan<float> vector)
        {
            _file.Stream.Write(BitConverter.GetBytes(vector.Length));
            _file.Stream.Write(MemoryMarshal.AsBytes(vector));
        }

        public void Complete() => _file.Commit();

        public void Dispose() => _file.Dispose();
    }
}
