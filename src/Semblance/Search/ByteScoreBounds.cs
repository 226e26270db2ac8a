using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;
using Semblance.Tensors.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Bounds for int8 and uint8, in whole numbers: a stored element is origin + scale · v, so its product with a query is a
/// constant of the query, plus Σ wᵢ vᵢ with the weights wᵢ = queryᵢ · scaleᵢ, which are rounded to 16 bits. What the rounding
/// can change is at most its length times that of v (Cauchy–Schwarz).
/// </summary>
internal sealed unsafe class ByteScoreBounds : ScoreBounds
{
    private readonly VectorMatrix _corpus;
    private readonly float[] _norms;
    private readonly short[][] _weights;
    private readonly float[] _steps;
    private readonly float[] _constants;

    public ByteScoreBounds(Tensor queries, VectorMatrix corpus, SimilarityFunction similarity)
        : base(queries, similarity)
    {
        _corpus = corpus;
        _norms = corpus.Norms;
        _weights = new short[queries.Rows][];
        _steps = new float[queries.Rows];
        _constants = new float[queries.Rows];
        ReadOnlySpan<float> origins = corpus.Quantizer!.Origins, scales = corpus.Quantizer.Scales;
        var largestNorm = LargestNorm(origins, scales);
        for (var query = 0; query < queries.Rows; query++)
        {
            var (weights, step) = Weights(queries.Row(query), scales);
            double constant = 0, residual = 0;
            for (var i = 0; i < weights.Length; i++)
            {
                var (element, weight) = ((double)queries.Row(query)[i], (double)queries.Row(query)[i] * scales[i]);
                constant += element * origins[i];
                residual += (weight - (step * weights[i])) * (weight - (step * weights[i]));
            }

            // The sum above and the score itself are rounded relative to the longest row that there can be.
            var error = (Math.Sqrt(residual) * Largest * Math.Sqrt(weights.Length)) + (Slack * QueryNorms[query] * largestNorm);
            (_weights[query], _steps[query], _constants[query]) = (weights, (float)step, (float)(constant + error));
        }
    }

    private int Largest => _corpus.Precision == Precision.Int8 ? ByteProducts.LargestSigned : ByteProducts.LargestUnsigned;

    [SkipLocalsInit]
    protected override void Multiply(int first, int rows, Span<float> products, Span<float> squares)
    {
        Span<int> sums = stackalloc int[Rows];
        var data = _corpus.Data + ((long)first * _corpus.RowBytes);
        for (var query = 0; query < _weights.Length; query++)
        {
            fixed (short* weights = _weights[query])
            {
                if (_corpus.Precision == Precision.Int8)
                {
                    ByteProducts.Signed((sbyte*)data, _corpus.Dimension, weights, sums[..rows]);
                }
                else
                {
                    ByteProducts.Unsigned(data, _corpus.Dimension, weights, sums[..rows]);
                }
            }

            for (var i = 0; i < rows; i += Vector512<int>.Count)
            {
                var product = Vector512.ConvertToSingle(Vector512.Create(sums[i..])) * _steps[query];
                (product + Vector512.Create(_constants[query])).CopyTo(products[((query * Rows) + i)..]);
            }
        }

        var norms = _norms.AsSpan(first, rows);
        TensorPrimitives.Multiply(norms, norms, squares);
    }

    // As large as weights may be for all products with them to stay within 32 bits.
    private (short[] Weights, double Step) Weights(ReadOnlySpan<float> query, ReadOnlySpan<float> scales)
    {
        var limit = Math.Clamp(int.MaxValue / (Largest * (long)query.Length), 1, short.MaxValue);
        var largest = 0.0;
        for (var i = 0; i < query.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs((double)query[i] * scales[i]));
        }

        var step = largest / limit;
        var weights = new short[query.Length];
        for (var i = 0; i < weights.Length && step > 0; i++)
        {
            weights[i] = (short)Math.Clamp(Math.Round(query[i] * (double)scales[i] / step), -limit, limit);
        }

        return (weights, step);
    }

    // No row is longer than all elements at the far ends of their ranges.
    private double LargestNorm(ReadOnlySpan<float> origins, ReadOnlySpan<float> scales)
    {
        var sum = 0.0;
        for (var i = 0; i < origins.Length; i++)
        {
            var end = Math.Abs((double)origins[i]) + ((double)scales[i] * Largest);
            sum += end * end;
        }

        return Math.Sqrt(sum);
    }
}
