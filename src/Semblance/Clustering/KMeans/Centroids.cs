using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Represents centroids and finds the nearest one of a vector; among equally near ones, the first.</summary>
internal sealed class Centroids
{
    private const int BlockRows = 448;

    private readonly PreparedMatrix _product;
    private readonly Tensor? _bias;
    private readonly bool _spherical;

    /// <param name="centers">The centroids <c>[clusters × dimensions]</c>, not copied; they must not change.</param>
    /// <param name="spherical">
    /// <see langword="true"/> to use the largest dot product; <see langword="false"/> to use the smallest distance.
    /// </param>
    public Centroids(Tensor centers, bool spherical)
    {
        (Centers, _spherical) = (centers, spherical);
        (_product, _bias) = spherical ? (new PreparedMatrix(centers), null) : ByDistance(centers);
        _product.Prepare();
    }

    public Tensor Centers { get; }

    /// <summary>Finds the nearest centroid of each vector.</summary>
    public void Assign(Tensor vectors, int[] labels, int maxThreads, CancellationToken cancellationToken) =>
        Blocks(vectors.Rows, maxThreads, (first, count) =>
        {
            using var run = new Computation(1, cancellationToken: cancellationToken);
            var scores = run.MatrixProduct(vectors.Slice(first, count), _product, _bias);
            for (var i = 0; i < count; i++)
            {
                labels[first + i] = TensorPrimitives.IndexOfMax(scores.Row(i));
            }
        }, cancellationToken);

    /// <summary>Returns the distance of each vector to its centroid: the squared distance, or 1 − cosine.</summary>
    public double[] Costs(Tensor vectors, int[] labels, int maxThreads, CancellationToken cancellationToken)
    {
        var costs = new double[vectors.Rows];
        Blocks(vectors.Rows, maxThreads, (first, count) =>
        {
            for (var row = first; row < first + count; row++)
            {
                var center = Centers.Row(labels[row]);
                costs[row] = _spherical
                    ? 1 - PairSums.Product(vectors.Row(row), center)
                    : PairSums.SquaredDifference(vectors.Row(row), center);
            }
        }, cancellationToken);
        return costs;
    }

    /// <summary>Returns the mean of the vectors of each cluster; an empty cluster keeps its centroid.</summary>
    public Tensor Means(Tensor vectors, int[] labels, int maxThreads, CancellationToken cancellationToken)
    {
        var (columns, clusters) = (vectors.Columns, Centers.Rows);
        var (rows, ends) = ByCluster(labels, clusters);
        var means = Tensor.Zeros(clusters, columns);
        Workers.Shared.For(
            clusters,
            maxThreads,
            cluster =>
            {
                var members = rows.AsSpan(ends[cluster]..ends[cluster + 1]);
                var mean = means.Writable.Slice(cluster * columns, columns);
                if (members.IsEmpty || !Mean(vectors, members, mean))
                {
                    Centers.Row(cluster).CopyTo(mean);
                }
            },
            cancellationToken);
        return means;
    }

    // False if the directions cancel out.
    private bool Mean(Tensor vectors, ReadOnlySpan<int> members, Span<float> mean)
    {
        var sum = new double[mean.Length];
        foreach (var row in members)
        {
            var vector = vectors.Row(row);
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += vector[i];
            }
        }

        var length = _spherical ? Math.Sqrt(TensorPrimitives.SumOfSquares<double>(sum)) : members.Length;
        if (length <= 1e-12 * members.Length)
        {
            return false;
        }

        for (var i = 0; i < sum.Length; i++)
        {
            mean[i] = (float)(sum[i] / length);
        }

        return true;
    }

    /// <summary>Returns the rows in the order of their clusters, and the start of each cluster.</summary>
    private static (int[] Rows, int[] Starts) ByCluster(int[] labels, int clusters)
    {
        var starts = new int[clusters + 1];
        foreach (var label in labels)
        {
            starts[label + 1]++;
        }

        for (var cluster = 0; cluster < clusters; cluster++)
        {
            starts[cluster + 1] += starts[cluster];
        }

        var (next, rows) = ((int[])starts.Clone(), new int[labels.Length]);
        for (var row = 0; row < labels.Length; row++)
        {
            rows[next[labels[row]]++] = row;
        }

        return (rows, starts);
    }

    // |x − c|² is least where x·(c − m) − (c − m)·(c + m)/2 is greatest; with m as the mean of the centroids, no digits are lost far from
    // the origin.
    private static (PreparedMatrix Product, Tensor? Bias) ByDistance(Tensor centers)
    {
        var columns = centers.Columns;
        var middle = new double[columns];
        for (var i = 0; i < centers.Length; i++)
        {
            middle[i % columns] += centers.Values[i] / (double)centers.Rows;
        }

        Tensor weight = Tensor.Zeros(centers.Rows, columns), bias = Tensor.Zeros(centers.Rows);
        for (var cluster = 0; cluster < centers.Rows; cluster++)
        {
            var center = centers.Row(cluster);
            var sum = 0.0;
            for (var i = 0; i < columns; i++)
            {
                var difference = (float)(center[i] - middle[i]);
                weight.Writable[(cluster * columns) + i] = difference;
                sum += difference * (center[i] + (center[i] - (double)difference));
            }

            bias.Writable[cluster] = (float)(sum / -2);
        }

        return (new PreparedMatrix(weight), bias);
    }

    private static void Blocks(int rows, int maxThreads, Action<int, int> body, CancellationToken cancellationToken) => Workers.Shared.For(
        (rows + BlockRows - 1) / BlockRows,
        maxThreads,
        block => body(block * BlockRows, Math.Min(BlockRows, rows - (block * BlockRows))),
        cancellationToken);
}
