using System.Runtime.Intrinsics;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Computes Euclidean distances between all vectors. Bounds from dot products, many times as fast as differences, select the pairs that may
/// be near enough; only these are computed exactly.
/// </summary>
/// <remarks>
/// |a − b|² is |a|² + |b|² − 2ab. The float32 dot product of n elements has an error less than n · 2⁻²⁴ · |a| · |b| (Higham, Accuracy and
/// Stability of Numerical Algorithms, §3.1); the slack is twice this and all other rounding errors.
/// </remarks>
internal sealed class BoundedDistances
{
    private const float Tiny = 1e-36f; // the sum that products which underflow could have

    private readonly Tensor _vectors;
    private readonly Tensor _centered; // shorter vectors give closer bounds
    private readonly float[] _squares; // of their lengths, minus the slack
    private readonly MiningOptions _tiles;
    private readonly CancellationToken _cancellation;

    /// <param name="vectors">The vectors <c>[vectors × dimensions]</c>, all values finite.</param>
    /// <param name="maxThreads">The maximum number of threads.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public BoundedDistances(Tensor vectors, int maxThreads, CancellationToken cancellationToken)
    {
        (_vectors, _cancellation) = (vectors, cancellationToken);
        _tiles = new MiningOptions { Similarity = SimilarityFunction.DotProduct, MaxThreads = maxThreads };
        var mean = new float[vectors.Columns];
        for (var row = 0; row < vectors.Rows; row++)
        {
            TensorPrimitives.Add(mean, vectors.Row(row), mean);
        }

        TensorPrimitives.Divide(mean, Math.Max(1, vectors.Rows), mean);
        _centered = Tensor.Zeros(vectors.Rows, vectors.Columns);
        _squares = new float[vectors.Rows];
        var slack = (vectors.Columns + 64) / (double)(1 << 23);
        for (var row = 0; row < vectors.Rows; row++)
        {
            var centered = _centered.Writable.Slice(row * vectors.Columns, vectors.Columns);
            TensorPrimitives.Subtract(vectors.Row(row), mean, centered);
            _squares[row] = (float)(PairSums.Product(centered, centered) * (1 - slack)) - Tiny;
        }
    }

    /// <summary>Gets the number of vectors.</summary>
    public int Count => _vectors.Rows;

    /// <summary>Returns the distance of two vectors.</summary>
    public float Of(int a, int b) => (float)Math.Sqrt(PairSums.SquaredDifference(_vectors.Row(a), _vectors.Row(b)));

    /// <summary>Passes the dot products of all pairs to a receiver, which selects pairs with <see cref="Next"/>.</summary>
    public void Compare(IPairSink products) =>
        new PairTiles(_centered, null, _tiles, products, new ProgressCounter(null, 1), _cancellation).Compare();

    /// <summary>Returns the nearest other vectors of each vector; the score of a hit is the negated distance.</summary>
    public Rankings Nearest(int others)
    {
        var nearest = new Rankings(Count, others, float.NegativeInfinity);
        Compare(new NearestByDistance(this, nearest));
        return nearest;
    }

    /// <summary>Returns the first of consecutive pairs whose distance may be within its limit, or their number if there is none.</summary>
    /// <param name="products">The dot products of a vector with consecutive others.</param>
    /// <param name="first">The row of the vector.</param>
    /// <param name="second">The row of the first of the others.</param>
    /// <param name="start">The index of the pair to start at.</param>
    /// <param name="limits">The squared limits; minus infinity to exclude a pair.</param>
    public int Next(ReadOnlySpan<float> products, int first, int second, int start, ReadOnlySpan<float> limits)
    {
        var squares = _squares.AsSpan(second, products.Length);
        var own = Vector512.Create(_squares[first]);
        for (; start <= products.Length - Vector512<float>.Count; start += Vector512<float>.Count)
        {
            var product = Vector512.Create(products[start..]);
            if (Vector512.LessThanOrEqualAny(
                own + Vector512.Create(squares[start..]) - (product + product), Vector512.Create(limits[start..])))
            {
                break;
            }
        }

        while (start < products.Length && !(_squares[first] + squares[start] - (products[start] + products[start]) <= limits[start]))
        {
            start++;
        }

        return start;
    }
}
