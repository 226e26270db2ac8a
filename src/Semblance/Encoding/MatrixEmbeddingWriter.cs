using System.Runtime.InteropServices;
using Semblance.Checkpoints;

namespace Semblance;

/// <summary>One matrix, a vector a row, without the texts; the ranges of int8 and uint8 beside it.</summary>
/// <param name="rows">The file.</param>
/// <param name="path">Its name.</param>
/// <param name="encoder">What the embeddings are like.</param>
internal sealed class MatrixEmbeddingWriter(RowWriter rows, string path, QuantizingEncoder encoder) : EmbeddingWriter
{
    public override void Write(StoredEmbedding embedding)
    {
        switch (rows.DType)
        {
            case DType.F32:
                rows.Write(embedding.Embedding.Vector.Span);
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
        // Ranges of other vectors would be wrong silently.
        File.Delete(QuantizationRanges.PathBeside(path));
        rows.Complete();
        encoder.Ranges?.Save(QuantizationRanges.PathBeside(path));
    }

    protected override void Dispose(bool disposing) => rows.Dispose();
}
