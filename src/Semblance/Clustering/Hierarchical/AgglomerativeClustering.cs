using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Provides hierarchical clustering: joins the two nearest clusters until one is left, by nearest-neighbor chains (Murtagh 1983), in O(n²)
/// time and with 4n² bytes for the distances, 100 MB for 5,000 vectors.
/// </summary>
public static class AgglomerativeClustering
{
    /// <summary>Returns the tree of clusters, which can be cut by number or by distance.</summary>
    /// <param name="embeddings">The vectors <c>[vectors × dimensions]</c>.</param>
    /// <param name="options">The clustering options; <see langword="null"/> for average linkage of cosine distances.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">A vector is not finite, or an option is out of range.</exception>
    public static Dendrogram Fit(
        Tensor embeddings,
        AgglomerativeOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new AgglomerativeOptions();
        var similarity = options.Check();
        var vectors = FiniteRows.Checked(embeddings, nameof(embeddings));
        var count = vectors.Rows;
        var distances = new DistanceRows(count, similarity == SimilarityFunction.Cosine ? 1 : 0);
        var mining = new MiningOptions { Similarity = similarity, MaxThreads = options.MaxThreads };
        new PairTiles(vectors, null, mining, distances, new ProgressCounter(null, 1), cancellationToken).Compare();
        return Dendrogram.Of(count, Chains(distances.Rows, options.Linkage, progress, cancellationToken));
    }

    // Each cluster in the chain is the nearest of the previous one; two that are the nearest of each other are joined.
    private static List<(int First, int Second, double Distance)> Chains(
        float[][] distances, Linkage linkage, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var merges = new List<(int, int, double)>();
        var sizes = new int[distances.Length];
        Array.Fill(sizes, 1);
        var chain = new Stack<int>();
        while (merges.Count < distances.Length - 1)
        {
            if (chain.Count == 0)
            {
                chain.Push(Array.FindIndex(sizes, size => size > 0));
            }

            var last = chain.Pop();
            var row = distances[last];
            var nearest = TensorPrimitives.IndexOfMin<float>(row);
            if (chain.TryPeek(out var before) && row[before] <= row[nearest])
            {
                chain.Pop();
                merges.Add((before, last, row[before]));
                Join(distances, sizes, last, before, linkage);
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report((double)merges.Count / (distances.Length - 1));
            }
            else
            {
                chain.Push(last);
                chain.Push(nearest);
            }
        }

        return merges;
    }

    // The distances to the joined cluster from those to its two parts (Lance and Williams 1967), in the row of the first.
    private static void Join(float[][] distances, int[] sizes, int gone, int both, Linkage linkage)
    {
        double a = sizes[gone], b = sizes[both], apart = distances[gone][both];
        for (var other = 0; other < distances.Length; other++)
        {
            if (sizes[other] > 0 && other != gone && other != both)
            {
                double x = distances[gone][other], y = distances[both][other], size = sizes[other];
                var distance = (float)(linkage switch
                {
                    Linkage.Single => Math.Min(x, y),
                    Linkage.Complete => Math.Max(x, y),
                    Linkage.Average => ((a * x) + (b * y)) / (a + b),
                    _ => Math.Sqrt(Math.Max(0, (((a + size) * x * x) + ((b + size) * y * y) - (size * apart * apart)) / (a + b + size))),
                });
                (distances[both][other], distances[other][both]) = (distance, distance);
            }

            distances[other][gone] = float.PositiveInfinity;
        }

        (sizes[gone], sizes[both]) = (0, sizes[gone] + sizes[both]);
    }

    // The whole matrix, so that the nearest cluster is found in one row.
    private sealed class DistanceRows : IPairSink
    {
        private readonly float _best;

        public DistanceRows(int count, float best)
        {
            _best = best;
            Rows = new float[count][];
            for (var row = 0; row < count; row++)
            {
                Rows[row] = GC.AllocateUninitializedArray<float>(count);
                Rows[row][row] = float.PositiveInfinity;
            }
        }

        public float[][] Rows { get; }

        public void Take(ReadOnlySpan<float> scores, int first, int second)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                var distance = Math.Max(0, _best - scores[i]);
                (Rows[first][second + i], Rows[second + i][first]) = (distance, distance);
            }
        }
    }
}
