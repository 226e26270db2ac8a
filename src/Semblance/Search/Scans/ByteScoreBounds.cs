using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Computes bounds for int8 and uint8 with integers: a stored element is its center + spread · b, with b the byte from −128 to 127, so its
/// dot product with a query is a constant of the query, plus Σ wᵢ bᵢ with the weights wᵢ = queryᵢ · spreadᵢ, which are rounded to
/// 7 bits, or to 6 for many queries.
/// The rounding error is at most the length of the lost part times that of b, in either of two units (Cauchy–Schwarz).
/// </summary>
internal sealed class ByteScoreBounds : ScoreBounds
{
    private const int Middle = 128; // of an unsigned byte
    private const int Finer = 64; // a rest of a weight is rounded in as many steps

    private readonly VectorMatrix _corpus;
    private readonly float[] _norms;
    private readonly QueryBound[] _queries;
    private readonly QueryBound[] _finer; // with the rests
    private readonly sbyte[] _weights; // [queries × width]
    private readonly sbyte[] _rests; // [queries × width]
    private readonly int _width;

    /// <param name="queries">The prepared queries.</param>
    /// <param name="corpus">The vectors, of int8 or uint8.</param>
    /// <param name="similarity">The similarity function; not Manhattan.</param>
    /// <param name="largestWeight">The largest magnitude of a rounded weight: that of the products which compute the sums.</param>
    public ByteScoreBounds(
        Tensor queries, VectorMatrix corpus, SimilarityFunction similarity, int largestWeight = ByteProducts.LargestWeight)
        : base(queries, similarity)
    {
        _corpus = corpus;
        _norms = corpus.Norms;
        var (centers, spreads) = Elements(corpus);
        var largestNorm = LargestNorm(centers, spreads);
        _queries = new QueryBound[queries.Rows];
        _finer = new QueryBound[queries.Rows];
        _width = (queries.Columns + ByteProducts.Padding - 1) / ByteProducts.Padding * ByteProducts.Padding;
        _weights = new sbyte[_queries.Length * _width];
        _rests = new sbyte[_queries.Length * _width];
        for (var query = 0; query < _queries.Length; query++)
        {
            var rounding = Slack * QueryNorms[query] * largestNorm;
            var weights = Weights(query);
            var rests = _rests.AsSpan(query * _width, _width);
            var step = Round(queries.Row(query), spreads, largestWeight, weights, rests);
            _queries[query] = Bound(queries.Row(query), centers, spreads, rounding, step, weights, []);
            _finer[query] = Bound(queries.Row(query), centers, spreads, rounding, step, weights, rests);
        }
    }

    /// <summary>Returns the bits to flip in a stored byte to make it an unsigned one.</summary>
    public static byte FlipOf(Precision precision) => (byte)(precision == Precision.Int8 ? Middle : 0);

    [SkipLocalsInit]
    protected override void Multiply(int first, int rows, ByteBlock? block, Span<float> products, Span<float> squares)
    {
        Span<int> all = stackalloc int[_queries.Length * Rows];
        ref var lengths = ref _norms[first];
        block?.Multiply(_weights, all);
        for (var query = 0; query < _queries.Length; query++)
        {
            var bound = _queries[query];
            var sums = all.Slice(query * Rows, Rows);
            if (block is null)
            {
                ByteProducts.Multiply(
                    _corpus.Stored(first, rows), _corpus.Dimension, FlipOf(_corpus.Precision), Weights(query), sums[..rows]);
            }

            for (var i = 0; i < rows; i += Vector512<int>.Count)
            {
                var product = Vector512.ConvertToSingle(Vector512.Create(sums[i..]) - Vector512.Create((int)bound.Excess)) * bound.Step;
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

    // A product with the weights and one with their rests, for one row and one query.
    protected override Vector512<float> CertainlyBelow(uint unsure, int first, int query, float bar)
    {
        Span<float> products = stackalloc float[Vector512<float>.Count], lengths = stackalloc float[Vector512<float>.Count];
        products.Fill(float.NaN); // of rows that are not compared
        lengths.Clear();
        Span<int> sum = stackalloc int[1], rest = stackalloc int[1];
        var (bound, flip) = (_finer[query], FlipOf(_corpus.Precision));
        for (; unsure != 0; unsure &= unsure - 1)
        {
            var i = BitOperations.TrailingZeroCount(unsure);
            var data = _corpus.Stored(first + i, 1);
            ByteProducts.Multiply(data, _corpus.Dimension, flip, Weights(query), sum);
            ByteProducts.Multiply(data, _corpus.Dimension, flip, _rests.AsSpan(query * _width, _width), rest);
            lengths[i] = _norms[first + i];
            products[i] = (float)((((double)sum[0] + ((double)rest[0] / Finer) - bound.Excess) * bound.Step)
                + ((double)lengths[i] * bound.Slope) + bound.Constant);
        }

        var length = Vector512.Create<float>(lengths);
        return Below(Vector512.Create<float>(products), length * length, length, query, bar);
    }

    private Span<sbyte> Weights(int query) => _weights.AsSpan(query * _width, _width);

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

    // Rounds the weights to multiples of the step, which is returned, and what is left of them to finer steps.
    private static double Round(
        ReadOnlySpan<float> query, double[] spreads, int largestWeight, Span<sbyte> weights, Span<sbyte> rests)
    {
        // The largest weights for which all products with them fit in 32 bits.
        var limit = (int)Math.Clamp(int.MaxValue / (byte.MaxValue * (long)query.Length), 1, largestWeight);
        var largest = 0.0;
        for (var i = 0; i < query.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(query[i] * spreads[i]));
        }

        var step = largest / limit;
        for (var i = 0; i < query.Length && step > 0; i++)
        {
            var weight = query[i] * spreads[i] / step;
            weights[i] = (sbyte)Math.Clamp(Math.Round(weight), -limit, limit);
            rests[i] = (sbyte)Math.Clamp(Math.Round((weight - weights[i]) * Finer), -limit, limit);
        }

        return step;
    }

    private static QueryBound Bound(
        ReadOnlySpan<float> query, double[] centers, double[] spreads, double rounding, double step, ReadOnlySpan<sbyte> weights,
        ReadOnlySpan<sbyte> rests)
    {
        double constant = rounding, lostOfBytes = 0, lostOfElements = 0, toElements = 0;
        var sum = 0.0;
        for (var i = 0; i < query.Length; i++)
        {
            var rounded = weights[i] + (rests.IsEmpty ? 0 : (double)rests[i] / Finer);
            sum += rounded;
            constant += query[i] * centers[i];
            var lost = (query[i] * spreads[i]) - (step * rounded);
            lostOfBytes += lost * lost;
            lostOfElements += spreads[i] > 0 ? lost / spreads[i] * (lost / spreads[i]) : 0;
            toElements += centers[i] * centers[i];
        }

        // The bytes are no longer than their maximum and, in units of the elements, than the row and its center together.
        var ofBytes = Math.Sqrt(lostOfBytes) * Middle * Math.Sqrt(query.Length);
        var slope = Math.Sqrt(lostOfElements) * (1 + 1e-6);
        var ofElements = slope * Math.Sqrt(toElements);
        return ofBytes <= ofElements
            ? new QueryBound((float)step, Middle * sum, 0, (float)(constant + ofBytes))
            : new QueryBound((float)step, Middle * sum, (float)slope, (float)(constant + ofElements));
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
    private readonly record struct QueryBound(float Step, double Excess, float Slope, float Constant);
}
