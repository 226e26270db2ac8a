using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Clusters of any number and shape: regions that are denser than what is around them, with the rest as noise (HDBSCAN*: Campello, Moulavi and Sander
/// 2013; McInnes and Healy 2017, arXiv:1705.07321), by Euclidean distance.
/// </summary>
public sealed class Hdbscan
{
    private Hdbscan(int[] labels, float[] probabilities, Dendrogram dendrogram) =>
        (Labels, Probabilities, Dendrogram) = (labels, probabilities, dendrogram);

    /// <summary>The cluster of each vector, from 0 as they first appear; −1 for noise.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>How firmly each vector is in its cluster: 1 in the densest part, 0 for noise.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <summary>Single linkage over mutual reachability distances, which the clusters were taken from.</summary>
    public Dendrogram Dendrogram { get; }

    /// <summary>Finds clusters.</summary>
    /// <remarks>
    /// In hundreds of dimensions nearly everything is equally far from everything: ten or so, by
    /// <see cref="PrincipalComponents"/>, often show more clusters and take less time. Vectors of length one make the order of distances that of cosines.
    /// </remarks>
    /// <param name="embeddings"><c>[vectors × dimensions]</c>.</param>
    /// <param name="options">What is a cluster; five vectors without.</param>
    /// <param name="progress">Hears the part of the spanning tree that is found, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">A vector is not finite, or an option is out of range.</exception>
    public static Hdbscan Fit(
        Tensor embeddings, HdbscanOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new HdbscanOptions();
        options.Check();
        var vectors = FiniteRows.Checked(embeddings, nameof(embeddings));
        var distances = new MutualReachability(vectors, options.MinSamples ?? options.MinClusterSize, options.MaxThreads, cancellationToken);
        var dendrogram = Dendrogram.Of(vectors.Rows, distances.SpanningTree(progress).Order(Comparer<(int First, int Second, double Distance)>.Create(
            (a, b) => (a.Distance, a.First, a.Second).CompareTo((b.Distance, b.First, b.Second)))));
        var (labels, probabilities) = new CondensedTree(dendrogram, options.MinClusterSize).Select(options.AllowSingleCluster);
        return new Hdbscan(labels, probabilities, dendrogram);
    }
}
