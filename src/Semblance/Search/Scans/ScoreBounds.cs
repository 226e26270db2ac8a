using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Finds the rows that could reach a bar, by products that are fast but not in the order in which scores are summed: no row
/// that does is missed, and few others are found.
/// </summary>
/// <remarks>
/// Two sums of n products aᵢ bᵢ in float32, each in any order, differ by less than n · 2⁻²³ · |a| · |b| (Higham, Accuracy and
/// Stability of Numerical Algorithms, §3.1). The slack is four times that, for lengths, differences and divisions are rounded too.
/// </remarks>
internal abstract class ScoreBounds
{
    /// <summary>How many rows are looked at together, at most.</summary>
    public const int Rows = 64;

    /// <summary>From this square of a row's length on, sums could overflow, and nothing is known.</summary>
    protected const float LargestSquare = 1e30f;

    private const float SmallestSquare = 1e-30f; // below, squares vanish
    private const float LargestQueryNorm = 1e15f;
    private const float Tiny = 1e-36f; // what vanishing products could add

    private readonly SimilarityFunction _similarity;
    private readonly float _largestSquare;
    private readonly float[] _norms;

    /// <param name="queries">The queries as they are compared.</param>
    /// <param name="similarity">How they are compared; not by the Manhattan distance.</param>
    /// <param name="largestSquare">From this square of a row's length on, nothing is known.</param>
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

    /// <summary>What rounding changes at most, relative to the product of both lengths.</summary>
    protected float Slack { get; }

    /// <summary>The lengths of the queries, or a little more.</summary>
    protected ReadOnlySpan<float> QueryNorms => _norms;

    /// <summary>The rows whose score could reach the bar of a query, one bit each. What is not a number could.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="rows">The number of rows, up to <see cref="Rows"/>.</param>
    /// <param name="bars">One for each query.</param>
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
            var rejected = Vector512<float>.AllBitsSet;
            for (var query = 0; query < _norms.Length; query++)
            {
                rejected &= Below(Vector512.Create(products[((query * Rows) + i)..]), square, query, bars[query]);
            }

            rejected &= Vector512.GreaterThan(square, Vector512.Create(SmallestSquare)) & Vector512.LessThan(square, Vector512.Create(_largestSquare));
            candidates |= ((ulong)~(uint)rejected.ExtractMostSignificantBits() & 0xFFFF) << i;
        }

        return rows < Rows ? candidates & ((1UL << rows) - 1) : candidates;
    }

    /// <summary>Computes the products of consecutive rows with the queries, or something larger, and the squares of their lengths.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="products">Takes <c>[queries × <see cref="Rows"/>]</c>.</param>
    /// <param name="squares">Takes <c>[rows]</c>.</param>
    protected abstract void Multiply(int first, int rows, Span<float> products, Span<float> squares);

    // Where scores are certainly below the bar; comparisons with what is not a number are false.
    private Vector512<float> Below(Vector512<float> product, Vector512<float> square, int query, float bar) => _similarity switch
    {
        SimilarityFunction.Cosine => Vector512.LessThan(product, Vector512.Sqrt(square) * (bar - Slack)),
        SimilarityFunction.DotProduct => Vector512.LessThan(product + (Vector512.Sqrt(square) * (Slack * _norms[query])) + Vector512.Create(Tiny), Vector512.Create(bar)),
        _ => Vector512.GreaterThan(((square + Vector512.Create(_norms[query] * _norms[query])) * (1 - Slack)) - (product + product), Vector512.Create(bar * bar)),
    };
}
