using Semblance.Tensors;
using Semblance.Tensors.Instructions;
using Semblance.Tensors.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Bounds for float32 and float16: products in four sums at once, widened in registers.</summary>
internal sealed unsafe class FloatScoreBounds : ScoreBounds
{
    // Infinity and NaN of float16 are loaded as 2¹⁶ and more, beyond everything finite: of what may hold one nothing is known.
    private const float LargestHalfSquare = 65504f * 65504f;

    private readonly VectorMatrix _corpus;
    private readonly Tensor _queries;

    public FloatScoreBounds(Tensor queries, VectorMatrix corpus, SimilarityFunction similarity)
        : base(queries, similarity, corpus.Precision == Precision.Float16 ? LargestHalfSquare : LargestSquare)
    {
        _corpus = corpus;
        _queries = queries;
        if (corpus.Precision == Precision.Float16)
        {
            _queries = Tensor.Zeros(queries.Rows, queries.Columns);
            TensorPrimitives.Multiply(queries.Values, HalfElements.Divisor, _queries.Writable);
        }
    }

    protected override void Multiply(int first, int rows, Span<float> products, Span<float> squares)
    {
        var data = _corpus.Data + ((long)first * _corpus.RowBytes);
        fixed (float* toProducts = products, toSquares = squares)
        {
            if (_corpus.Precision == Precision.Float16)
            {
                InstructionSets.Current.Run(
                    new RowProducts<HalfElements>(data, _queries.Columns, _queries.Data, _queries.Rows, toProducts, Rows, toSquares), 0, rows);
            }
            else
            {
                InstructionSets.Current.Run(
                    new RowProducts<SingleElements>(data, _queries.Columns, _queries.Data, _queries.Rows, toProducts, Rows, toSquares), 0, rows);
            }
        }

        GC.KeepAlive(_queries);
    }
}
