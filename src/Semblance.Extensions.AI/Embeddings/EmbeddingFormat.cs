using System.Collections;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;

namespace Semblance.Extensions.AI;

/// <summary>Converts the vectors of an encoder to a type of embedding of Microsoft.Extensions.AI.</summary>
internal static class EmbeddingFormat
{
    /// <summary>Returns the conversion to a type of embedding.</summary>
    /// <exception cref="NotSupportedException">A model cannot compute embeddings of the type.</exception>
    public static Func<ReadOnlySpan<float>, TEmbedding> Of<TEmbedding>(QuantizationRanges? ranges)
        where TEmbedding : Microsoft.Extensions.AI.Embedding
    {
        object? convert =
            typeof(TEmbedding) == typeof(Embedding<float>) ? (Func<ReadOnlySpan<float>, Embedding<float>>)(row => new(row.ToArray()))
            : typeof(TEmbedding) == typeof(Embedding<Half>) ? (Func<ReadOnlySpan<float>, Embedding<Half>>)Halves
            : typeof(TEmbedding) == typeof(Embedding<sbyte>) ? SignedBytes(ranges)
            : typeof(TEmbedding) == typeof(BinaryEmbedding) ? (Func<ReadOnlySpan<float>, BinaryEmbedding>)Bits
            : null;
        return (Func<ReadOnlySpan<float>, TEmbedding>?)convert ?? throw new NotSupportedException(
            $"Embeddings of the type {typeof(TEmbedding)} are not supported; use Embedding<float>, Embedding<Half>, Embedding<sbyte> or "
            + "BinaryEmbedding.");
    }

    private static Embedding<Half> Halves(ReadOnlySpan<float> row)
    {
        var stored = new Half[row.Length];
        new Quantizer(Precision.Float16, row.Length).Quantize(row, MemoryMarshal.AsBytes(stored.AsSpan()));
        return new(stored);
    }

    private static Func<ReadOnlySpan<float>, Embedding<sbyte>> SignedBytes(QuantizationRanges? ranges)
    {
        return row =>
        {
            var stored = new sbyte[row.Length];
            if (ranges is not null)
            {
                new Quantizer(Precision.Int8, row.Length, ranges).Quantize(row, MemoryMarshal.AsBytes(stored.AsSpan()));
            }
            else if (float.Abs(TensorPrimitives.MaxMagnitude(row)) is > 0 and var largest)
            {
                for (var i = 0; i < row.Length; i++)
                {
                    stored[i] = (sbyte)MathF.Round(row[i] / largest * sbyte.MaxValue);
                }
            }

            return new(stored);
        };
    }

    private static BinaryEmbedding Bits(ReadOnlySpan<float> row)
    {
        var bits = new BitArray(row.Length);
        for (var i = 0; i < row.Length; i++)
        {
            bits[i] = row[i] > 0;
        }

        return new(bits);
    }
}
