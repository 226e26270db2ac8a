using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Computes bounds for int8 and uint8 with integers: a stored element is its center + spread · b, with b the byte from −128 to 127, so its
/// dot product with a query is a constant of the query, plus Σ wᵢ bᵢ with the weights wᵢ = queryᵢ · spreadᵢ, which are rounded to 7 bits.
/// The rounding error is at most the length of the lost part times that of b, in either of two units (Cauchy–Schwarz).
/// </summary>
internal sealed class ByteScoreBounds : ScoreBounds
{
    private const int Middle = 128; // of an unsigned byte

    private readonly VectorMatrix _corpus;
    private readonly float[] _norms;
    private readonly QueryBound[] _queries;

    public ByteScoreBounds(Tensor queries, VectorMatrix corpus, SimilarityFunction similarity)
        : base(queries, similarity)
    {
        _corpus = corpus;
        _norms = corpus.Norms;
        var (centers, spreads) = Elements(corpus);
        var largestNorm = LargestNorm(centers, spreads);
        _queries = new QueryBound[queries.Rows];
        for (var query = 0; query < _queries.Length; query++)
        {
            _queries[query] = Bound(queries.Row(query), centers, spreads, Slack * QueryNorms[query] * largestNorm);
        }
    }

    [SkipLocalsInit]
    protected override void Multiply(int first, int rows, Span<float> products, Span<float> squares)
    {
        Span<int> sums = stackalloc int[Rows];
        var data = _corpus.Stored(first, rows);
        ref var lengths = ref _norms[first];
        for (var query = 0; query < _queries.Length; query++)
        {
            var bound = _queries[query];
            ByteProducts.Multiply(
                data, _corpus.Dimension, (byte)(_corpus.Precision == Precision.Int8 ? Middle : 0), bound.Weights, sums[..rows]);
            for (var i = 0; i < rows; i += Vector512<int>.Count)
            {
                var product = Vector512.ConvertToSingle(Vector512.Create(sums[i..]) - Vector512.Create(bound.Excess)) * bound.Step;
                var length = Vector512.LoadUnsafe(ref lengths, (nuint)i);
                (product + (length * bound.Slope) + Vector512.Create(bound.Constant)).CopyTo(products[((query * Rows) + i)..]);
            }
        }

        for (var i = 0; i < rows; i += Vector512<float>.Count)
        {
            var length = Vector512.LoadUnsafe(ref lengths, (nuint)i);
            (length * length).CopyTo(squares[i..]);
        }
    }

    private static (double[] Centers, double[] Spreads) Elements(VectorMatrix corpus)
    {
        ReadOnlySpan<float> origins = corpus.Quantizer!.Origins, scales = corpus.Quantizer.Scales;
        var (centers, spreads) = (new double[origins.Length], new double[origins.Length]);
        for (var i = 0; i < origins.Length; i++)
        {
            (centers[i], spreads[i]) = (origins[i] + ((double)scales[i] * (corpus.Precision == Precision.Int8 ? 0 : Middle)), scales[i]);
        }

        return (centers, spreads);
    }

    private static QueryBound Bound(ReadOnlySpan<float> query, double[] centers, double[] spreads, double rounding)
    {
        // The largest weights for which all products with them fit in 32 bits.
        var limit = (int)Math.Clamp(int.MaxValue / (byte.MaxValue * (long)query.Length), 1, ByteProducts.LargestWeight);
        var largest = 0.0;
        for (var i = 0; i < query.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(query[i] * spreads[i]));
        }

        var step = largest / limit;
        var weights = new sbyte[(query.Length + ByteProducts.Padding - 1) / ByteProducts.Padding * ByteProducts.Padding];
        double constant = rounding, lostOfBytes = 0, lostOfElements = 0, toElements = 0;
        var sum = 0;
        for (var i = 0; i < query.Length; i++)
        {
            var weight = query[i] * spreads[i];
            weights[i] = step > 0 ? (sbyte)Math.Clamp(Math.Round(weight / step), -limit, limit) : (sbyte)0;
            sum += weights[i];
            constant += query[i] * centers[i];
            var lost = weight - (step * weights[i]);
            lostOfBytes += lost * lost;
            lostOfElements += spreads[i] > 0 ? lost / spreads[i] * (lost / spreads[i]) : 0;
            toElements += centers[i] * centers[i];
        }

        // The bytes are no longer than their maximum and, in units of the elements, than the row and its center together.
        var ofBytes = Math.Sqrt(lostOfBytes) * Middle * Math.Sqrt(query.Length);
        var slope = Math.Sqrt(lostOfElements) * (1 + 1e-6);
        var ofElements = slope * Math.Sqrt(toElements);
        return ofBytes <= ofElements
            ? new QueryBound(weights, (float)step, Middle * sum, 0, (float)(constant + ofBytes))
            : new QueryBound(weights, (float)step, Middle * sum, (float)slope, (float)(constant + ofElements));
    }

    // No row is longer than all elements at the ends of their ranges.
    private static double LargestNorm(double[] centers, double[] spreads)
    {
        var sum = 0.0;
        for (var i = 0; i < centers.Length; i++)
        {
            var end = Math.Abs(centers[i]) + (spreads[i] * Middle);
            sum += end * end;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>
    /// Represents the bound that no row's dot product with a query exceeds: step · (Σ weight · byte − excess) + slope · the row's length +
    /// constant.
    /// </summary>
    private readonly record struct QueryBound(sbyte[] Weights, float Step, int Excess, float Slope, float Constant);
}
