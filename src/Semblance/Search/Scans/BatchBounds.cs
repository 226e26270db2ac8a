using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Finds the pairs of a query and a row of int8 or uint8 whose score could reach the query's threshold, with integers. The sums of products
/// with rounded weights are compared with one limit for all rows of a block. For the few that reach it, the product with the rests of the
/// weights is added, which bounds the score within narrow limits: lower bounds raise the threshold, and upper bounds are kept.
/// </summary>
internal sealed class BatchBounds
{
    private readonly VectorMatrix _corpus;
    private readonly ScoreMargins _margins;
    private readonly Rankings _rankings;
    private readonly Func<int, bool>? _filter;
    private readonly int _first;
    private readonly RoundedProduct[] _coarse; // with the weights
    private readonly RoundedProduct[] _fine; // and with the rests
    private readonly sbyte[] _weights; // [queries × width]
    private readonly sbyte[] _rests; // [queries × width]
    private readonly int _width;

    /// <param name="queries">The prepared queries.</param>
    /// <param name="corpus">The vectors, of int8 or uint8.</param>
    /// <param name="stored">The elements of the vectors.</param>
    /// <param name="options">The search options; the similarity function is not Manhattan.</param>
    /// <param name="rankings">The rankings with the thresholds.</param>
    /// <param name="first">The index of the first query in <paramref name="rankings"/>.</param>
    public BatchBounds(Tensor queries, VectorMatrix corpus, StoredElements stored, SearchOptions options, Rankings rankings, int first)
    {
        (_corpus, _rankings, _filter, _first) = (corpus, rankings, options.Filter, first);
        _margins = new ScoreMargins(queries, options.Similarity);
        (_coarse, _fine) = (new RoundedProduct[queries.Rows], new RoundedProduct[queries.Rows]);
        _width = (queries.Columns + ByteProducts.Padding - 1) / ByteProducts.Padding * ByteProducts.Padding;
        (_weights, _rests) = (new sbyte[queries.Rows * _width], new sbyte[queries.Rows * _width]);
        var factors = new double[queries.Columns];
        for (var query = 0; query < queries.Rows; query++)
        {
            var product = stored.Product(queries.Row(query), _margins.Slack * (double)_margins.QueryNorms[query], factors);
            _coarse[query] = product.With(ByteBlock.Round(factors, Weights(query)), Weights(query), factors);
            _fine[query] = _coarse[query].With(ByteProducts.Round(factors, Rests(query)), Rests(query), factors);
        }
    }

    /// <summary>Finds the pairs of a block.</summary>
    /// <param name="block">The bytes of the rows.</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="sums">A buffer for <see cref="ByteBlock.Rows"/> sums of each query.</param>
    /// <param name="part">The rows to which the block belongs; receives the pairs.</param>
    public void Find(ByteBlock block, int first, int rows, Span<int> sums, BatchPart part)
    {
        block.Multiply(_weights, sums[..(_coarse.Length * ByteBlock.Rows)]);
        var all = rows < ByteBlock.Rows ? (1UL << rows) - 1 : ulong.MaxValue;
        for (var query = 0; query < _coarse.Length; query++)
        {
            var bar = _rankings.Bars[_first + query];
            ref var limit = ref part.Limits[query];
            if (bar != limit.Bar)
            {
                limit = (bar, Limit(query, part.Lengths, bar));
            }

            var own = sums.Slice(query * ByteBlock.Rows, ByteBlock.Rows);
            var reached = Reached(own, limit.Sum) & all;
            if (reached != 0)
            {
                Refine(query, first, own, reached, part.Candidates);
            }
        }
    }

    // The sum below which the score of a row is certainly below the threshold; 2 are subtracted for the rounding of the limit itself.
    private int Limit(int query, LengthRange lengths, float bar)
    {
        if (!_margins.Covers(lengths.Least, lengths.Most))
        {
            return int.MinValue;
        }

        var product = _coarse[query];
        var least = _margins.Limit(lengths.Least, lengths.Most, query, bar);
        var limit = (least - product.Constant - product.Rounding - (lengths.MostBytes * product.Loss)) / product.Step;
        return double.IsNaN(limit) ? int.MinValue : (int)Math.Clamp(Math.Floor(limit) - 2, int.MinValue, int.MaxValue);
    }

    // The sums that reach a limit, one bit each.
    private static ulong Reached(ReadOnlySpan<int> sums, int limit)
    {
        var most = Vector512.Create(sums);
        for (var i = Vector512<int>.Count; i < ByteBlock.Rows; i += Vector512<int>.Count)
        {
            most = Vector512.Max(most, Vector512.Create(sums[i..]));
        }

        var bars = Vector512.Create(limit);
        var reached = 0UL;
        for (var i = 0; i < ByteBlock.Rows && Vector512.GreaterThanOrEqualAny(most, bars); i += Vector512<int>.Count)
        {
            reached |= Vector512.GreaterThanOrEqual(Vector512.Create(sums[i..]), bars).ExtractMostSignificantBits() << i;
        }

        return reached;
    }

    [SkipLocalsInit]
    private void Refine(int query, int first, ReadOnlySpan<int> sums, ulong reached, List<SearchCandidate> candidates)
    {
        Span<float> expected = stackalloc float[ByteBlock.Rows];
        var number = 0;
        var bar = _rankings.Bars[_first + query];
        for (; reached != 0; reached &= reached - 1)
        {
            var own = BitOperations.TrailingZeroCount(reached);
            var row = first + own;
            var (least, most) = Scores(query, row, sums[own]);
            if (!(most < bar) && _filter?.Invoke(row) != false)
            {
                candidates.Add(new SearchCandidate(row, _first + query, most));
                if (least >= bar)
                {
                    expected[number++] = least;
                }
            }
        }

        if (number > 0)
        {
            _rankings.Expect(_first + query, expected[..number]);
        }
    }

    // Bounds of the score of a row.
    private (float Least, float Most) Scores(int query, int row, int sum)
    {
        double length = _corpus.Norms[row];
        if (!_margins.Covers(length, length))
        {
            return (float.NegativeInfinity, float.PositiveInfinity);
        }

        var rest = ByteProducts.Multiply(_corpus.Stored(row, 1), StoredElements.FlipOf(_corpus.Precision), Rests(query));
        var fine = _fine[query];
        var product = (_coarse[query].Step * sum) + (fine.Step * rest) + fine.Constant;
        var error = (fine.Loss * _corpus.ByteNorms[row]) + fine.Rounding;
        var (least, most) = _margins.Scores(product - error, product + error, length, query);
        return (MathF.BitDecrement((float)least), MathF.BitIncrement((float)most));
    }

    private Span<sbyte> Weights(int query) => _weights.AsSpan(query * _width, _width);

    private Span<sbyte> Rests(int query) => _rests.AsSpan(query * _width, _width);
}
