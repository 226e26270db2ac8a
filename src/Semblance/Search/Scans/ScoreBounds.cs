using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Semblance;

/// <summary>
/// Finds the rows whose score could reach a threshold, with dot products that are fast but summed in another order than the scores: it
/// misses no such row and finds few others.
/// </summary>
/// <param name="margins">The margins of the scores of the queries.</param>
internal abstract class ScoreBounds(ScoreMargins margins)
{
    /// <summary>The maximum number of rows that are processed together.</summary>
    public const int Rows = 64;

    /// <summary>Returns the rows whose score could reach the threshold of a query, one bit each. NaN counts as reaching it.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="rows">The number of rows, up to <see cref="Rows"/>.</param>
    /// <param name="bars">The threshold of each query.</param>
    [SkipLocalsInit]
    public ulong Candidates(int first, int rows, ReadOnlySpan<float> bars)
    {
        var queries = margins.QueryNorms.Length;
        Span<float> products = stackalloc float[Rows * queries], squares = stackalloc float[Rows];
        squares[rows..].Clear();
        Multiply(first, rows, products, squares);
        var candidates = 0UL;
        for (var i = 0; i < rows; i += Vector512<float>.Count)
        {
            var square = Vector512.Create(squares[i..]);
            var length = Vector512.Sqrt(square);
            var rejected = Vector512<float>.AllBitsSet;
            for (var query = 0; query < queries; query++)
            {
                var below = margins.Below(Vector512.Create(products[((query * Rows) + i)..]), square, length, query, bars[query]);
                rejected &= below;
            }

            rejected &= margins.Covers(square);
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
}
