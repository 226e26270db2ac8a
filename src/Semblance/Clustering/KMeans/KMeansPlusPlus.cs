using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Chooses initial centroids by k-means++ (Arthur and Vassilvitskii 2007): each next centroid is a vector drawn with a probability
/// proportional to its squared distance to the chosen ones; of several draws, the one that gives the least sum of squared distances is
/// chosen, as in scikit-learn.
/// </summary>
internal static class KMeansPlusPlus
{
    private const int BlockRows = 448;

    /// <summary>Returns the rows of the initial centroids, all different.</summary>
    public static int[] Choose(Tensor vectors, int clusters, Random random, int maxThreads, CancellationToken cancellationToken)
    {
        var trials = 2 + (int)Math.Log(clusters);
        var chosen = new int[clusters];
        chosen[0] = random.Next(vectors.Rows);
        var (squares, total) = Nearest(vectors, null, [chosen[0]], maxThreads, cancellationToken)[0];
        for (var c = 1; c < clusters; c++)
        {
            if (total <= 0)
            {
                // There are fewer distinct vectors than clusters: any remaining one.
                chosen[c] = Enumerable.Range(0, vectors.Rows).First(row => Array.IndexOf(chosen, row, 0, c) < 0);
                continue;
            }

            var drawn = new int[trials];
            for (var trial = 0; trial < trials; trial++)
            {
                drawn[trial] = Draw(squares, random.NextDouble() * total);
            }

            var outcomes = Nearest(vectors, squares, drawn, maxThreads, cancellationToken);
            var best = 0;
            for (var trial = 1; trial < trials; trial++)
            {
                best = outcomes[trial].Total < outcomes[best].Total ? trial : best;
            }

            (chosen[c], (squares, total)) = (drawn[best], outcomes[best]);
        }

        return chosen;
    }

    private static int Draw(double[] squares, double place)
    {
        var last = 0;
        for (var row = 0; row < squares.Length; row++)
        {
            if (squares[row] > 0)
            {
                last = row;
                place -= squares[row];
                if (place < 0)
                {
                    break;
                }
            }
        }

        return last;
    }

    // For each candidate centroid: the squared distance of every vector to its nearest centroid, and the sum of these.
    private static (double[] Squares, double Total)[] Nearest(
        Tensor vectors, double[]? before, int[] more, int maxThreads, CancellationToken cancellationToken)
    {
        var centers = Tensor.Zeros(more.Length, vectors.Columns);
        for (var i = 0; i < more.Length; i++)
        {
            vectors.Row(more[i]).CopyTo(centers.Writable[(i * vectors.Columns)..]);
        }

        var squares = Array.ConvertAll(more, _ => new double[vectors.Rows]);
        Workers.Shared.For(
            (vectors.Rows + BlockRows - 1) / BlockRows,
            maxThreads,
            block =>
            {
                var first = block * BlockRows;
                using var run = new Computation(1, cancellationToken: cancellationToken);
                var distances = run.Distances(vectors.Slice(first, Math.Min(BlockRows, vectors.Rows - first)), centers, Distance.Euclidean);
                for (var i = 0; i < distances.Rows; i++)
                {
                    for (var trial = 0; trial < more.Length; trial++)
                    {
                        double distance = distances.Row(i)[trial];
                        squares[trial][first + i] = Math.Min(before?[first + i] ?? double.PositiveInfinity, distance * distance);
                    }
                }
            },
            cancellationToken);
        return Array.ConvertAll(squares, each => (each, each.Sum()));
    }
}
