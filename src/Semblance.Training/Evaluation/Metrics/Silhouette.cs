using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// How much nearer vectors are to their own cluster than to the next (Rousseeuw 1987): (b − a) / max(a, b) with the mean distances a to
/// the others of the cluster and b to the nearest other cluster. From −1 to 1; 0 for a cluster of one.
/// </summary>
public static class Silhouette
{
    private const int BlockRows = 256;

    /// <summary>The mean over all vectors.</summary>
    /// <param name="embeddings"><c>[vectors × dimensions]</c>.</param>
    /// <param name="labels">The cluster of each.</param>
    /// <param name="similarity">The distance: one less the cosine, the Euclidean (default) or the Manhattan distance.</param>
    /// <param name="cancellationToken">Stops between two blocks of vectors.</param>
    /// <exception cref="ArgumentException">There is not one label for each vector, fewer than two clusters or no two in one, a vector is not finite, or a dot product, which is no distance.</exception>
    public static double Of(
        Tensor embeddings, IReadOnlyList<int> labels, SimilarityFunction similarity = SimilarityFunction.Euclidean, CancellationToken cancellationToken = default) =>
        OfEach(embeddings, labels, similarity, cancellationToken).Average();

    /// <summary>That of each vector.</summary>
    /// <inheritdoc cref="Of"/>
    public static double[] OfEach(
        Tensor embeddings, IReadOnlyList<int> labels, SimilarityFunction similarity = SimilarityFunction.Euclidean, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != embeddings.Rows)
        {
            throw new ArgumentException($"Each vector needs a label; there are {embeddings.Rows} vectors and {labels.Count} labels.", nameof(labels));
        }

        if (similarity == SimilarityFunction.DotProduct)
        {
            throw new ArgumentException("A dot product is no distance; use the cosine, Euclidean or Manhattan.", nameof(similarity));
        }

        var numbers = labels.Distinct().Index().ToDictionary(label => label.Item, label => label.Index);
        if (numbers.Count < 2 || numbers.Count >= labels.Count)
        {
            throw new ArgumentException($"{labels.Count} vectors are in {numbers.Count} clusters; from 2 to one less than the vectors are expected.", nameof(labels));
        }

        int[] clusters = [.. labels.Select(label => numbers[label])];
        var sizes = new int[numbers.Count];
        Array.ForEach(clusters, cluster => sizes[cluster]++);
        var values = new double[clusters.Length];
        for (var first = 0; first < clusters.Length; first += BlockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(BlockRows, clusters.Length - first);
            var rows = Tensor.From(embeddings.Values.Slice(first * embeddings.Columns, count * embeddings.Columns), count, embeddings.Columns);
            var scores = Similarity.Matrix(rows, embeddings, similarity);
            var start = first;
            Workers.Shared.For(count, int.MaxValue, i => values[start + i] = Value(scores.Row(i), start + i, clusters, sizes, similarity == SimilarityFunction.Cosine ? 1 : 0), cancellationToken);
        }

        return values;
    }

    private static double Value(ReadOnlySpan<float> scores, int row, int[] clusters, int[] sizes, float best)
    {
        var own = clusters[row];
        var sums = new double[sizes.Length];
        for (var other = 0; other < scores.Length; other++)
        {
            sums[clusters[other]] += other == row ? 0 : Math.Max(0, best - scores[other]);
        }

        if (double.IsNaN(sums.Sum()))
        {
            throw new ArgumentException($"The distances of vector {row} are not numbers: a vector is not finite.", nameof(scores));
        }

        if (sizes[own] == 1)
        {
            return 0;
        }

        var (inside, outside) = (sums[own] / (sizes[own] - 1), double.PositiveInfinity);
        for (var cluster = 0; cluster < sizes.Length; cluster++)
        {
            outside = cluster == own ? outside : Math.Min(outside, sums[cluster] / sizes[cluster]);
        }

        return inside == outside ? 0 : (outside - inside) / Math.Max(inside, outside);
    }
}
