using Semblance.Checkpoints;
using Semblance.Files;

namespace Semblance.Cli.Output;

/// <summary>Writes embeddings one after another. The file appears under its name when they are complete; otherwise nothing is left.</summary>
internal abstract class EmbeddingWriter : IDisposable
{
    /// <summary>Opens the writer for an output, by its ending.</summary>
    /// <param name="path">A file ending with <c>.npy</c>, <c>.safetensors</c> or <c>.jsonl</c>; null or <c>-</c> for JSON lines on standard output.</param>
    /// <param name="encoder">What the embeddings are like.</param>
    /// <param name="host">Standard output.</param>
    public static EmbeddingWriter Open(string? path, Encoder encoder, Host host)
    {
        if (path is null or "-")
        {
            return new JsonEmbeddingWriter(host.Output, encoder.Precision);
        }

        var columns = Quantizer.ColumnsOf(encoder.Precision, encoder.Dimension);
        var type = encoder.Precision switch
        {
            Precision.Float32 => DType.F32,
            Precision.Int8 or Precision.Binary => DType.I8,
            _ => DType.U8,
        };
        return OutputFile.Open<EmbeddingWriter>(path, () => Path.GetExtension(path) switch
        {
            ".npy" => new MatrixEmbeddingWriter(new NpyWriter(path, columns, type), path, encoder),
            ".safetensors" => new MatrixEmbeddingWriter(new SafetensorsRowWriter(path, columns, type: type), path, encoder),
            _ => new JsonEmbeddingWriter(new AtomicFile(path), path, encoder),
        });
    }

    /// <summary>Writes one embedding.</summary>
    /// <param name="embedding">The text and its vector.</param>
    /// <param name="stored">What is stored of the vector, unless that is itself.</param>
    public abstract void Write(Embedding embedding, ReadOnlySpan<byte> stored);

    /// <summary>Gives the file its name.</summary>
    public abstract void Complete();

    public abstract void Dispose();
}
