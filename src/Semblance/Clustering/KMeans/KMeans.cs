using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents k-means clusters: each vector is in the cluster of the nearest centroid, and each centroid is the mean of its vectors (Lloyd
/// 1982), computed in iterations over all vectors or over batches.
/// </summary>
public sealed class KMeans
{
    private const int FruitlessBatches = 10;

    private readonly Centroids _centroids;
    private readonly bool _spherical;

    private KMeans(Centroids centroids, int[] labels, double inertia, int iterations, bool spherical)
    {
        (_centroids, _spherical) = (centroids, spherical);
        (Labels, Inertia, Iterations) = (labels, inertia, iterations);
    }

    /// <summary>Gets the centroids <c>[clusters × dimensions]</c>.</summary>
    public Tensor Centers => _centroids.Centers;

    /// <summary>Gets the cluster of each vector, from 0.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Gets the sum of the squared distances to the nearest centroids; for spherical clusters, the sum of 1 − cosine.</summary>
    public double Inertia { get; }

    /// <summary>Gets the number of iterations: passes over all vectors, or batches.</summary>
    public int Iterations { get; }

    /// <summary>Finds clusters.</summary>
    /// <param name="embeddings">The vectors <c>[vectors × dimensions]</c>.</param>
    /// <param name="options">The clustering options; <see langword="null"/> for 8 clusters.</param>
    /// <param name="progress">
    /// Receives the completed fraction of the maximum number of iterations, from 0 to 1; usually fewer are needed.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">
    /// A vector is not finite, there are fewer vectors than clusters, or an option is out of range.
    /// </exception>
    public static KMeans Fit(
        Tensor embeddings, KMeansOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new KMeansOptions();
        var matrix = FiniteRows.Checked(embeddings, nameof(embeddings));
        options.Check();
        if (options.Clusters > matrix.Rows)
        {
            throw new ArgumentException(
                $"{matrix.Rows} vectors cannot be divided into {options.Clusters} clusters; request at most as many clusters as there " +
                "are vectors.",
                nameof(options));
        }

        using var run = new Computation(options.MaxThreads, cancellationToken: cancellationToken);
        var vectors = options.Spherical ? run.Normalize(matrix) : matrix;
        var random = new Random(options.Seed);
        KMeans? best = null;
        for (var time = 0; time < options.Runs; time++)
        {
            var found = Fit(vectors, Start(vectors, options, random, cancellationToken), options, random, progress, cancellationToken);
            best = best is null || found.Inertia < best.Inertia ? found : best;
        }

        progress?.Report(1);
        return best!;
    }

    /// <summary>Returns the nearest centroid of each of other vectors.</summary>
    /// <param name="embeddings">The vectors <c>[vectors × dimensions]</c>.</param>
    /// <exception cref="ArgumentException">The vectors have another dimension than the centroids, or are not finite.</exception>
    public int[] Predict(Tensor embeddings)
    {
        var vectors = FiniteRows.Checked(embeddings, nameof(embeddings));
        TensorRows.CheckWidth(Centers, embeddings, nameof(embeddings));
        var labels = new int[vectors.Rows];
        // The length of a vector does not change which cosine is largest.
        _centroids.Assign(vectors, labels, int.MaxValue, CancellationToken.None);
        return labels;
    }

    private static Centroids Start(Tensor vectors, KMeansOptions options, Random random, CancellationToken cancellationToken)
    {
        if (options.Initial is { } initial)
        {
            var given = FiniteRows.Checked(initial, nameof(options));
            if (given.Rows != options.Clusters || given.Columns != vectors.Columns)
            {
                throw new ArgumentException(
                    $"The initial centers are {initial}; {options.Clusters} of {vectors.Columns} dimensions are expected.",
                    nameof(options));
            }

            return new Centroids(
                options.Spherical ? Normalized(given) : Tensor.From(given.Values, given.Rows, given.Columns), options.Spherical);
        }

        // A few batches are enough for the initialization; all vectors would cost more than the batches save.
        var sample = options.BatchSize is { } batch && Math.Max(3L * batch, 3L * options.Clusters) is var size && size < vectors.Rows
            ? Rows(vectors, Draws((int)size, vectors.Rows, random))
            : vectors;
        return new Centroids(
            Rows(sample, KMeansPlusPlus.Choose(sample, options.Clusters, random, options.MaxThreads, cancellationToken)),
            options.Spherical);
    }

    private static KMeans Fit(
        Tensor vectors,
        Centroids centroids,
        KMeansOptions options,
        Random random,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var labels = new int[vectors.Rows];
        (centroids, var steps) = options.BatchSize is { } batch && batch < vectors.Rows
            ? ByBatches(vectors, centroids, batch, options, random, progress, cancellationToken)
            : ByAll(vectors, centroids, labels, options, progress, cancellationToken);
        centroids.Assign(vectors, labels, options.MaxThreads, cancellationToken);
        return new KMeans(
            centroids, labels, centroids.Costs(vectors, labels, options.MaxThreads, cancellationToken).Sum(), steps, options.Spherical);
    }

    private static (Centroids Centroids, int Steps) ByAll(
        Tensor vectors,
        Centroids centroids,
        int[] labels,
        KMeansOptions options,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var still = options.Tolerance * MeanVariance(vectors);
        var before = new int[labels.Length];
        Array.Fill(before, -1);
        for (var step = 1; ; step++)
        {
            centroids.Assign(vectors, labels, options.MaxThreads, cancellationToken);
            var isSettled = labels.AsSpan().SequenceEqual(before);
            labels.CopyTo(before, 0);
            var moved = Repopulate(vectors, centroids, labels, options, cancellationToken);
            var next = new Centroids(centroids.Means(vectors, labels, options.MaxThreads, cancellationToken), options.Spherical);
            var shift = Enumerable.Range(0, options.Clusters).Sum(
                c => PairSums.SquaredDifference(centroids.Centers.Row(c), next.Centers.Row(c)));
            centroids = next;
            progress?.Report((double)step / options.MaxIterations);
            if (step == options.MaxIterations || (!moved && (isSettled || shift <= still)))
            {
                return (centroids, step);
            }
        }
    }

    // An empty cluster gets the vector that is farthest from its own centroid.
    private static bool Repopulate(
        Tensor vectors, Centroids centroids, int[] labels, KMeansOptions options, CancellationToken cancellationToken)
    {
        var counts = new int[options.Clusters];
        foreach (var label in labels)
        {
            counts[label]++;
        }

        if (Array.IndexOf(counts, 0) < 0)
        {
            return false;
        }

        var costs = centroids.Costs(vectors, labels, options.MaxThreads, cancellationToken);
        var moved = false;
        for (var empty = Array.IndexOf(counts, 0); empty >= 0; empty = Array.IndexOf(counts, 0, empty + 1))
        {
            var farthest = TensorPrimitives.IndexOfMax<double>(costs);
            if (costs[farthest] <= 0 || counts[labels[farthest]] == 1)
            {
                break;
            }

            counts[labels[farthest]]--;
            (labels[farthest], counts[empty], costs[farthest], moved) = (empty, 1, 0, true);
        }

        return moved;
    }

    private static (Centroids Centroids, int Steps) ByBatches(
        Tensor vectors,
        Centroids centroids,
        int batch,
        KMeansOptions options,
        Random random,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var seen = new long[options.Clusters];
        var rows = Tensor.Zeros(batch, vectors.Columns);
        var labels = new int[batch];
        var most = Math.Max(1L, (long)options.MaxIterations * vectors.Rows / batch);
        var weight = Math.Min(1, 2.0 * batch / (vectors.Rows + 1));
        var (smooth, least, fruitless, step) = (double.NaN, double.PositiveInfinity, 0, 0);
        while (step < most && fruitless < FruitlessBatches)
        {
            step++;
            Gather(vectors, Draws(batch, vectors.Rows, random), rows);
            centroids.Assign(rows, labels, options.MaxThreads, cancellationToken);
            var cost = centroids.Costs(rows, labels, options.MaxThreads, cancellationToken).Sum() / batch;
            centroids = new Centroids(Moved(rows, labels, centroids.Centers, seen, options.Spherical), options.Spherical);
            progress?.Report((double)step / most);

            // The first batch only measures the distances of its vectors to the initial centroids.
            if (step > 1)
            {
                smooth = double.IsNaN(smooth) ? cost : (smooth * (1 - weight)) + (cost * weight);
                fruitless = smooth < least ? 0 : fruitless + 1;
                least = Math.Min(least, smooth);
            }
        }

        return (centroids, step);
    }

    // Each centroid becomes the mean of all vectors ever assigned to it.
    private static Tensor Moved(Tensor rows, int[] labels, Tensor centers, long[] seen, bool spherical)
    {
        var moved = Tensor.From(centers.Values, centers.Rows, centers.Columns);
        for (var i = 0; i < labels.Length; i++)
        {
            var center = moved.Writable.Slice(labels[i] * centers.Columns, centers.Columns);
            var rate = 1f / ++seen[labels[i]];
            for (var column = 0; column < center.Length; column++)
            {
                center[column] += rate * (rows.Row(i)[column] - center[column]);
            }
        }

        return spherical ? Normalized(moved) : moved;
    }

    private static Tensor Normalized(Tensor vectors)
    {
        using var run = new Computation(1);
        return Tensor.From(run.Normalize(vectors).Values, vectors.Rows, vectors.Columns);
    }

    private static int[] Draws(int count, int rows, Random random)
    {
        var draws = new int[count];
        foreach (ref var draw in draws.AsSpan())
        {
            draw = random.Next(rows);
        }

        return draws;
    }

    private static Tensor Rows(Tensor vectors, int[] rows)
    {
        var copy = Tensor.Zeros(rows.Length, vectors.Columns);
        Gather(vectors, rows, copy);
        return copy;
    }

    private static void Gather(Tensor vectors, int[] rows, Tensor copy)
    {
        var target = copy.Writable;
        for (var i = 0; i < rows.Length; i++)
        {
            vectors.Row(rows[i]).CopyTo(target[(i * vectors.Columns)..]);
        }
    }

    private static double MeanVariance(Tensor vectors)
    {
        double[] sums = new double[vectors.Columns], squares = new double[vectors.Columns];
        for (var row = 0; row < vectors.Rows; row++)
        {
            var vector = vectors.Row(row);
            for (var i = 0; i < vector.Length; i++)
            {
                sums[i] += vector[i];
                squares[i] += (double)vector[i] * vector[i];
            }
        }

        return Enumerable.Range(0, sums.Length).Sum(
            i => Math.Max(0, (squares[i] / vectors.Rows) - (sums[i] / vectors.Rows * (sums[i] / vectors.Rows)))) / Math.Max(1, sums.Length);
    }
}
