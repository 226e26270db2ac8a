using System.Runtime.Intrinsics;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Euclidean distances between all vectors. Their products, many times as fast as differences, tell which pairs may be near enough; only these are measured.
/// </summary>
/// <remarks>
/// |a − b|² is |a|² + |b|² − 2ab. In float32 the product of n elements is off by less than n · 2⁻²⁴ · |a| · |b| (Higham, Accuracy and Stability of Numerical
/// Algorithms, §3.1); the slack is twice what this and all other rounding make.
/// </remarks>
internal sealed class BoundedDistances
{
    private const float Tiny = 1e-36f; // what vanishing products could add

    private readonly Tensor _vectors;
    private readonly Tensor _centred; // the shorter vectors are, the closer the bounds
    private readonly float[] _squares; // of their lengths, less the slack
    private readonly MiningOptions _tiles;
    private readonly CancellationToken _cancellation;

    /// <param name="vectors"><c>[vectors × dimensions]</c>, finite.</param>
    /// <param name="maxThreads">The maximum number of threads to use.</param>
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
        _centred = Tensor.Zeros(vectors.Rows, vectors.Columns);
        _squares = new float[vectors.Rows];
        var slack = (vectors.Columns + 64) / (double)(1 << 23);
        for (var row = 0; row < vectors.Rows; row++)
        {
            var centred = _centred.Writable.Slice(row * vectors.Columns, vectors.Columns);
            TensorPrimitives.Subtract(vectors.Row(row), mean, centred);
            _squares[row] = (float)(PairSums.Product(centred, centred) * (1 - slack)) - Tiny;
        }
    }

    /// <summary>The number of vectors.</summary>
    public int Count => _vectors.Rows;

    /// <summary>The distance of two vectors.</summary>
    public float Of(int a, int b) => (float)Math.Sqrt(PairSums.SquaredDifference(_vectors.Row(a), _vectors.Row(b)));

    /// <summary>Hands out the products of all pairs, by which <see cref="Next"/> finds those to measure.</summary>
    public void Compare(IPairSink products) => new PairTiles(_centred, null, _tiles, products, new ProgressCounter(null, 1), _cancellation).Compare();

    /// <summary>The nearest others of each vector; a hit's score is the distance with a minus.</summary>
    public Rankings Nearest(int others)
    {
        var nearest = new Rankings(Count, others, float.NegativeInfinity);
        Compare(new NearestByDistance(this, nearest));
        return nearest;
    }

    /// <summary>The first of some pairs whose distance may be as low as its limit; their number where there is none.</summary>
    /// <param name="products">The products of a vector with consecutive others.</param>
    /// <param name="first">The vector.</param>
    /// <param name="second">The first of the others.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="limits">The squares of the limits; minus infinity where no distance will do.</param>
    public int Next(ReadOnlySpan<float> products, int first, int second, int start, ReadOnlySpan<float> limits)
    {
        var squares = _squares.AsSpan(second, products.Length);
        var own = Vector512.Create(_squares[first]);
        for (; start <= products.Length - Vector512<float>.Count; start += Vector512<float>.Count)
        {
            var product = Vector512.Create(products[start..]);
            if (Vector512.LessThanOrEqualAny(own + Vector512.Create(squares[start..]) - (product + product), Vector512.Create(limits[start..])))
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
