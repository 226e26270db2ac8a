using System.Runtime.Intrinsics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Relates dot products, which may be computed in any order and rounded, to the scores that are computed from them, for some queries.
/// </summary>
/// <remarks>
/// Two float32 sums of n products aᵢ bᵢ, in any order, differ by less than n · 2⁻²³ · |a| · |b| (Higham, Accuracy and
/// Stability of Numerical Algorithms, §3.1). The slack is four times that, as lengths, differences and divisions are rounded too.
/// </remarks>
internal sealed class ScoreMargins
{
    /// <summary>The squared length of a row above which sums could overflow; no bound is known then.</summary>
    private const float LargestSquare = 1e30f;

    private const float SmallestSquare = 1e-30f; // below, squares underflow
    private const float LargestQueryNorm = 1e15f;
    private const float Tiny = 1e-36f; // the sum that products which underflow could have

    private readonly SimilarityFunction _similarity;
    private readonly float _largestSquare;
    private readonly float[] _norms;

    /// <param name="queries">The prepared queries.</param>
    /// <param name="similarity">The similarity function; not Manhattan.</param>
    /// <param name="largestSquare">The squared length of a row above which no bound is known.</param>
    public ScoreMargins(Tensor queries, SimilarityFunction similarity, float largestSquare = LargestSquare)
    {
        _similarity = similarity;
        _largestSquare = Math.Min(largestSquare, LargestSquare);
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
    public float Slack { get; }

    /// <summary>Gets upper bounds of the lengths of the queries.</summary>
    public ReadOnlySpan<float> QueryNorms => _norms;

    /// <summary>Returns a value that indicates whether bounds are known for rows whose lengths are in a range.</summary>
    public bool Covers(double least, double most) => least * least > SmallestSquare && most * most < _largestSquare;

    /// <summary>
    /// Returns the dot product below which the score of a row is certainly below a threshold; −∞ or NaN if there is none. It is that of
    /// <see cref="Below"/>.
    /// </summary>
    /// <param name="least">A lower bound of the row's length.</param>
    /// <param name="most">An upper bound of the row's length.</param>
    /// <param name="query">The query.</param>
    /// <param name="bar">The threshold of the query.</param>
    public double Limit(double least, double most, int query, double bar) => _similarity switch
    {
        SimilarityFunction.Cosine => Math.Min(least * (bar - Slack), most * (bar - Slack)),
        SimilarityFunction.DotProduct => bar - Tiny - (most * Slack * _norms[query]),
        _ => ((((least * least) + ((double)_norms[query] * _norms[query])) * (1 - Slack)) - (bar * bar)) / 2,
    };

    /// <summary>Returns bounds of the score of a row from bounds of its dot product.</summary>
    /// <param name="least">A lower bound of the dot product.</param>
    /// <param name="most">An upper bound of the dot product.</param>
    /// <param name="length">The length of the row, of which bounds are known.</param>
    /// <param name="query">The query.</param>
    public (double Least, double Most) Scores(double least, double most, double length, int query)
    {
        var norm = (double)_norms[query];
        switch (_similarity)
        {
            case SimilarityFunction.Cosine:
                return ((least / length) - Slack, (most / length) + Slack);
            case SimilarityFunction.DotProduct:
                var margin = (length * Slack * norm) + Tiny;
                return (least - margin, most + margin);
            default:
                var squares = (length * length) + (norm * norm);
                return (
                    -Math.Sqrt(Math.Max(0, (squares * (1 + Slack)) - (2 * least))),
                    -Math.Sqrt(Math.Max(0, (squares * (1 - Slack)) - (2 * most))));
        }
    }

    /// <summary>Returns true where scores are certainly below the threshold; comparisons with NaN are false.</summary>
    /// <param name="product">Upper bounds of the dot products.</param>
    /// <param name="square">The squared lengths of the rows.</param>
    /// <param name="length">The lengths of the rows.</param>
    /// <param name="query">The query.</param>
    /// <param name="bar">The threshold of the query.</param>
    public Vector512<float> Below(
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

    /// <summary>Returns true where bounds are known for rows of these squared lengths.</summary>
    public Vector512<float> Covers(Vector512<float> square) =>
        Vector512.GreaterThan(square, Vector512.Create(SmallestSquare)) & Vector512.LessThan(square, Vector512.Create(_largestSquare));
}
