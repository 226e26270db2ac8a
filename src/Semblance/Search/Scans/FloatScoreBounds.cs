using System.Buffers;
using System.Runtime.InteropServices;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Computes bounds for float32, float16 and bfloat16, with four sums at once; float16 is widened in registers.</summary>
internal sealed class FloatScoreBounds : ScoreBounds
{
    // Infinity and NaN of float16 are loaded as 2¹⁶ and more, beyond all finite values: no bound is known for rows that may contain one.
    private const float LargestHalfSquare = 65504f * 65504f;

    private readonly VectorMatrix _corpus;
    private readonly Tensor _queries;

    public FloatScoreBounds(Tensor queries, VectorMatrix corpus, SimilarityFunction similarity)
        : base(new ScoreMargins(queries, similarity, corpus.Precision == Precision.Float16 ? LargestHalfSquare : float.MaxValue))
    {
        _corpus = corpus;
        _queries = queries;
        if (corpus.Precision == Precision.Float16)
        {
            _queries = Tensor.Zeros(queries.Rows, queries.Columns);
            TensorPrimitives.Multiply(queries.Values, RowProducts.HalfDivisor, _queries.Writable);
        }
    }

    protected override void Multiply(int first, int rows, Span<float> products, Span<float> squares)
    {
        var data = _corpus.Stored(first, rows);
        if (_corpus.Precision == Precision.Float16)
        {
            RowProducts.Multiply(MemoryMarshal.Cast<byte, Half>(data), _queries, products, Rows, squares);
        }
        else if (_corpus.Precision == Precision.BFloat16)
        {
            var widened = ArrayPool<float>.Shared.Rent(rows * _corpus.Dimension);
            var vectors = widened.AsSpan(0, rows * _corpus.Dimension);
            BFloat16Bits.Widen(MemoryMarshal.Cast<byte, ushort>(data), vectors);
            RowProducts.Multiply(vectors, _queries, products, Rows, squares);
            ArrayPool<float>.Shared.Return(widened);
        }
        else
        {
            RowProducts.Multiply(MemoryMarshal.Cast<byte, float>(data), _queries, products, Rows, squares);
        }
    }
}
