using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

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

    /// <summary>
    /// Returns the rows of a block whose score could reach the threshold of a query, one bit each. The integer sums are compared with one
    /// limit for all rows of the block; only those that reach it are compared with a finer bound of their own.
    /// </summary>
    /// <param name="first">The first row.</param>
    /// <param name="rows">The number of rows, up to <see cref="ScoreBounds.Rows"/>.</param>
    /// <param name="bars">The threshold of each query.</param>
    /// <param name="block">The bytes of the rows.</param>
    [SkipLocalsInit]
    public ulong Candidates(int first, int rows, ReadOnlySpan<float> bars, ByteBlock block)
    {
        var all = rows < Rows ? (1UL << rows) - 1 : ulong.MaxValue;
        var lengths = _norms.AsSpan(first, rows);
        double least = TensorPrimitives.Min<float>(lengths), most = TensorPrimitives.Max<float>(lengths);
        if (bars.Contains(float.NegativeInfinity) || !Covers(least, most))
        {
            return all;
        }

        Span<int> sums = stackalloc int[_queries.Length * Rows];
        block.Multiply(_weights, sums);
        var candidates = 0UL;
        for (var query = 0; query < _queries.Length; query++)
        {
            var bound = _queries[query];
            var limit = (Limit(least, most, query, bars[query]) - (most * bound.Slope) - bound.Constant) / bound.Step;
            var own = sums.Slice(query * Rows, Rows);
            var unsure = AtLeast(own, limit + bound.Excess) & all & ~candidates;
            for (; unsure != 0; unsure &= unsure - 1)
            {
                var row = BitOperations.TrailingZeroCount(unsure);
                if (!IsCertainlyBelow(first + row, own[row], query, bars[query]))
                {
                    candidates |= 1UL << row;
                }
            }
        }

        return candidates;
    }

    // The sums that are not certainly below a limit, one bit each; one more is subtracted for the rounding of the limit.
    private static ulong AtLeast(ReadOnlySpan<int> sums, double limit)
    {
        var most = double.IsNaN(limit) ? int.MinValue : (int)Math.Clamp(Math.Floor(limit) - 2, int.MinValue, int.MaxValue);
        var bars = Vector256.Create(most);
        var reached = 0UL;
        for (var i = 0; i < Rows; i += Vector256<int>.Count)
        {
            reached |= (ulong)Vector256.GreaterThanOrEqual(Vector256.Create(sums[i..]), bars).ExtractMostSignificantBits() << i;
        }

        return reached;
    }

    // Adds the product with the rests of the weights to the sum of a row.
    private bool IsCertainlyBelow(int row, int sum, int query, float bar)
    {
        Span<int> rest = stackalloc int[1];
        ByteProducts.Multiply(
            _corpus.Stored(row, 1), _corpus.Dimension, FlipOf(_corpus.Precision), _rests.AsSpan(query * _width, _width), rest);
        var bound = _finer[query];
        double length = _norms[row];
        var product = ((sum + ((double)rest[0] / Finer) - bound.Excess) * bound.Step) + (length * bound.Slope) + bound.Constant;
        return Covers(length, length) && product < Limit(length, length, query, bar);
    }

    [SkipLocalsInit]
    protected override void Multiply(int first, int rows, Span<float> products, Span<float> squares)
    {
        Span<int> all = stackalloc int[_queries.Length * Rows];
        ref var lengths = ref _norms[first];
        for (var query = 0; query < _queries.Length; query++)
        {
            var bound = _queries[query];
            var sums = all.Slice(query * Rows, Rows);
            ByteProducts.Multiply(
                _corpus.Stored(first, rows), _corpus.Dimension, FlipOf(_corpus.Precision), Weights(query), sums[..rows]);
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
