using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Finds the rows whose score could reach a threshold, with dot products that are fast but summed in another order than the scores: it
/// misses no such row and finds few others.
/// </summary>
/// <remarks>
/// Two float32 sums of n products aᵢ bᵢ, in any order, differ by less than n · 2⁻²³ · |a| · |b| (Higham, Accuracy and
/// Stability of Numerical Algorithms, §3.1). The slack is four times that, as lengths, differences and divisions are rounded too.
/// </remarks>
internal abstract class ScoreBounds
{
    /// <summary>The maximum number of rows that are processed together.</summary>
    public const int Rows = 64;

    /// <summary>The squared length of a row above which sums could overflow; no bound is known then.</summary>
    protected const float LargestSquare = 1e30f;

    private const float SmallestSquare = 1e-30f; // below, squares underflow
    private const float LargestQueryNorm = 1e15f;
    private const float Tiny = 1e-36f; // the sum that products which underflow could have

    private readonly SimilarityFunction _similarity;
    private readonly float _largestSquare;
    private readonly float[] _norms;

    /// <param name="queries">The prepared queries.</param>
    /// <param name="similarity">The similarity function; not Manhattan.</param>
    /// <param name="largestSquare">The squared length of a row above which no bound is known.</param>
    protected ScoreBounds(Tensor queries, SimilarityFunction similarity, float largestSquare = LargestSquare)
    {
        _similarity = similarity;
        _largestSquare = largestSquare;
        Slack = (queries.Columns + 32) / (float)(1 << 21);
        _norms = new float[queries.Rows];
        for (var query = 0; query < _norms.Length; query++)
        {
            _norms[query] = (float)(Math.Sqrt(PairSums.Product(queries.Row(query), queries.Row(query))) * (1 + 1e-6));
            if (!(_norms[query] < LargestQueryNorm))
            {
                _largestSquare = 0;
            }
        }
    }

    /// <summary>Gets the maximum rounding error, relative to the product of both lengths.</summary>
    protected float Slack { get; }

    /// <summary>Gets upper bounds of the lengths of the queries.</summary>
    protected ReadOnlySpan<float> QueryNorms => _norms;

    /// <summary>Returns the rows whose score could reach the threshold of a query, one bit each. NaN counts as reaching it.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="rows">The number of rows, up to <see cref="Rows"/>.</param>
    /// <param name="bars">The threshold of each query.</param>
    [SkipLocalsInit]
    public ulong Candidates(int first, int rows, ReadOnlySpan<float> bars)
    {
        Span<float> products = stackalloc float[Rows * _norms.Length], squares = stackalloc float[Rows];
        squares[rows..].Clear();
        Multiply(first, rows, products, squares);
        var candidates = 0UL;
        for (var i = 0; i < rows; i += Vector512<float>.Count)
        {
            var square = Vector512.Create(squares[i..]);
            var length = Vector512.Sqrt(square);
            var rejected = Vector512<float>.AllBitsSet;
            for (var query = 0; query < _norms.Length; query++)
            {
                var below = Below(Vector512.Create(products[((query * Rows) + i)..]), square, length, query, bars[query]);
                rejected &= below;
            }

            rejected &= Vector512.GreaterThan(square, Vector512.Create(SmallestSquare))
                & Vector512.LessThan(square, Vector512.Create(_largestSquare));
            candidates |= ((ulong)~(uint)rejected.ExtractMostSignificantBits() & 0xFFFF) << i;
        }

        return rows < Rows ? candidates & ((1UL << rows) - 1) : candidates;
    }

    /// <summary>
    /// Computes the dot products of consecutive rows with the queries, or upper bounds of them, and the squared lengths of the rows.
    /// </summary>
    /// <param name="first">The first row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="products">The buffer that receives <c>[queries × <see cref="Rows"/>]</c>.</param>
    /// <param name="squares">The buffer that receives <c>[rows]</c>.</param>
    protected abstract void Multiply(int first, int rows, Span<float> products, Span<float> squares);

    /// <summary>Returns a value that indicates whether bounds are known for rows whose lengths are in a range.</summary>
    protected bool Covers(double least, double most) => least * least > SmallestSquare && most * most < _largestSquare;

    /// <summary>
    /// Returns the dot product below which the score of a row is certainly below a threshold; −∞ or NaN if there is none. It is that of
    /// <see cref="Below"/>.
    /// </summary>
    /// <param name="least">A lower bound of the row's length.</param>
    /// <param name="most">An upper bound of the row's length.</param>
    /// <param name="query">The query.</param>
    /// <param name="bar">The threshold of the query.</param>
    protected double Limit(double least, double most, int query, double bar) => _similarity switch
    {
        SimilarityFunction.Cosine => Math.Min(least * (bar - Slack), most * (bar - Slack)),
        SimilarityFunction.DotProduct => bar - Tiny - (most * Slack * _norms[query]),
        _ => ((((least * least) + ((double)_norms[query] * _norms[query])) * (1 - Slack)) - (bar * bar)) / 2,
    };

    /// <summary>Returns true where scores are certainly below the threshold; comparisons with NaN are false.</summary>
    /// <param name="product">Upper bounds of the dot products.</param>
    /// <param name="square">The squared lengths of the rows.</param>
    /// <param name="length">The lengths of the rows.</param>
    /// <param name="query">The query.</param>
    /// <param name="bar">The threshold of the query.</param>
    protected Vector512<float> Below(
        Vector512<float> product, Vector512<float> square, Vector512<float> length, int query, float bar) => _similarity switch
        {
            SimilarityFunction.Cosine => Vector512.LessThan(product, length * (bar - Slack)),
            SimilarityFunction.DotProduct =>
                Vector512.LessThan(
                    product + (length * (Slack * _norms[query])) + Vector512.Create(Tiny), Vector512.Create(bar)),
            _ =>
                Vector512.GreaterThan(
                    ((square + Vector512.Create(_norms[query] * _norms[query])) * (1 - Slack)) - (product + product),
                    Vector512.Create(bar * bar)),
        };
}
