using System.Runtime.InteropServices;
using Semblance.Checkpoints;

namespace Semblance;

/// <summary>
/// Writes embeddings as one matrix, one vector per row, without the texts; the quantization ranges of int8 and uint8 are written beside it.
/// </summary>
/// <param name="rows">The writer of the file.</param>
/// <param name="path">The name of the file.</param>
/// <param name="encoder">The encoder whose embeddings are written.</param>
internal sealed class MatrixEmbeddingWriter(RowWriter rows, string path, QuantizingEncoder encoder) : EmbeddingWriter
{
    public override void Write(StoredEmbedding embedding)
    {
        switch (rows.DType)
        {
            case DType.F32:
                rows.Write(embedding.Embedding.Vector.Span);
                break;
            case DType.F16:
                rows.Write(MemoryMarshal.Cast<byte, Half>(embedding.Stored.Span));
                break;
            case DType.BF16:
                rows.Write(MemoryMarshal.Cast<byte, ushort>(embedding.Stored.Span));
                break;
            case DType.I8:
                rows.Write(MemoryMarshal.Cast<byte, sbyte>(embedding.Stored.Span));
                break;
            default:
                rows.Write(embedding.Stored.Span);
                break;
        }
    }

    public override void Complete()
    {
        // Old ranges would silently be wrong for the new vectors.
        File.Delete(QuantizationRanges.PathBeside(path));
        rows.Complete();
        encoder.Ranges?.Save(QuantizationRanges.PathBeside(path));
    }

    protected override void Dispose(bool disposing) => rows.Dispose();
}
