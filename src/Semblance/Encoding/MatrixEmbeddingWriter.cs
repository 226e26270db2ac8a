using System.Runtime.InteropServices;
using Semblance.Checkpoints;

namespace Semblance.Cli.Output;

/// <summary>One matrix, a vector a row, without the texts; the ranges of int8 and uint8 beside it.</summary>
/// <param name="rows">The file.</param>
/// <param name="path">Its name.</param>
/// <param name="encoder">What the embeddings are like.</param>
internal sealed class MatrixEmbeddingWriter(RowWriter rows, string path, Encoder encoder) : EmbeddingWriter
{
    public override void Write(Embedding embedding, ReadOnlySpan<byte> stored)
    {
        switch (rows.DType)
        {
            case DType.F32:
                rows.Write(embedding.Vector.Span);
                break;
            case DType.I8:
                rows.Write(MemoryMarshal.Cast<byte, sbyte>(stored));
                break;
            default:
                rows.Write(stored);
                break;
        }
    }

    public override void Complete()
    {
        // Ranges of other vectors would be wrong silently.
        File.Delete(QuantizationRanges.PathBeside(path));
        rows.Complete();
        encoder.Ranges?.Save(QuantizationRanges.PathBeside(path));
    }

    public override void Dispose() => rows.Dispose();
}
