using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Represents clusters of any number and shape: regions that are denser than their surroundings, with the remaining vectors as noise
/// (HDBSCAN*: Campello, Moulavi and Sander 2013; McInnes and Healy 2017, arXiv:1705.07321), by Euclidean distance.
/// </summary>
public sealed class Hdbscan
{
    private Hdbscan(int[] labels, float[] probabilities, Dendrogram dendrogram) =>
        (Labels, Probabilities, Dendrogram) = (labels, probabilities, dendrogram);

    /// <summary>Gets the cluster of each vector, numbered from 0 in the order of first occurrence; −1 for noise.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Gets the strength of each vector's membership in its cluster: 1 in the densest part, 0 for noise.</summary>
    public IReadOnlyList<float> Probabilities { get; }

    /// <summary>Gets the single-linkage tree of mutual reachability distances, which the clusters are selected from.</summary>
    public Dendrogram Dendrogram { get; }

    /// <summary>Finds clusters.</summary>
    /// <remarks>
    /// In hundreds of dimensions, nearly all distances are similar: a reduction to about ten dimensions by
    /// <see cref="PrincipalComponents"/> often gives more clusters and takes less time. For normalized vectors, the order of distances is
    /// that of cosine similarities.
    /// </remarks>
    /// <param name="embeddings">The vectors <c>[vectors × dimensions]</c>.</param>
    /// <param name="options">The clustering options; <see langword="null"/> for a minimum cluster size of 5.</param>
    /// <param name="progress">Receives the completed fraction of the spanning tree, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">A vector is not finite, or an option is out of range.</exception>
    public static Hdbscan Fit(
        Tensor embeddings,
        HdbscanOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new HdbscanOptions();
        options.Check();
        var vectors = FiniteRows.Checked(embeddings, nameof(embeddings));
        var distances = new MutualReachability(
            vectors, options.MinSamples ?? options.MinClusterSize, options.MaxThreads, cancellationToken);
        var order = Comparer<(int First, int Second, double Distance)>.Create(
            (a, b) => (a.Distance, a.First, a.Second).CompareTo((b.Distance, b.First, b.Second)));
        var dendrogram = Dendrogram.Of(vectors.Rows, distances.SpanningTree(progress).Order(order));
        var (labels, probabilities) = new CondensedTree(dendrogram, options.MinClusterSize).Select(options.AllowSingleCluster);
        return new Hdbscan(labels, probabilities, dendrogram);
    }
}
