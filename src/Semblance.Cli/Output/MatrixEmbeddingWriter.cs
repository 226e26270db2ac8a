using System.Runtime.InteropServices;
using Semblance.Checkpoints;

namespace Semblance.Cli.Output;

/// <summary>One matrix, a vector a row, without the texts.</summary>
/// <param name="rows">The file.</param>
internal sealed class MatrixEmbeddingWriter(RowWriter rows) : EmbeddingWriter
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

    public override void Complete() => rows.Complete();

    public override void Dispose() => rows.Dispose();
}
