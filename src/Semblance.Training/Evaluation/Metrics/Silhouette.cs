using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Computes the silhouette coefficient (Rousseeuw 1987): (b − a) / max(a, b), with the mean distances a to the other members of the cluster
/// and b to the
/// nearest other cluster. From −1 to 1; 0 for a cluster of one.
/// </summary>
public static class Silhouette
{
    private const int BlockRows = 256;

    /// <summary>Computes the mean coefficient over all vectors.</summary>
    /// <param name="embeddings">The vectors, <c>[vectors × dimension]</c>.</param>
    /// <param name="labels">The cluster of each vector.</param>
    /// <param name="similarity">The distance: Euclidean (the default), Manhattan, or cosine for one minus the cosine similarity.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of vectors and labels differ, there are fewer than two clusters or only clusters of one, a vector is not finite, or
    /// <paramref name="similarity"/> is the dot product.
    /// </exception>
    public static double Of(
        Tensor embeddings, IReadOnlyList<int> labels, SimilarityFunction similarity = SimilarityFunction.Euclidean,
        CancellationToken cancellationToken = default) =>
        OfEach(embeddings, labels, similarity, cancellationToken).Average();

    /// <summary>Computes the coefficient of each vector.</summary>
    /// <inheritdoc cref="Of"/>
    public static double[] OfEach(
        Tensor embeddings, IReadOnlyList<int> labels, SimilarityFunction similarity = SimilarityFunction.Euclidean,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != embeddings.Rows)
        {
            throw new ArgumentException(
                $"There are {embeddings.Rows} vectors, but {labels.Count} labels; each vector needs one label.", nameof(labels));
        }

        if (similarity == SimilarityFunction.DotProduct)
        {
            throw new ArgumentException("The dot product is not a distance; use cosine, Euclidean or Manhattan.", nameof(similarity));
        }

        var numbers = labels.Distinct().Index().ToDictionary(label => label.Item, label => label.Index);
        if (numbers.Count < 2 || numbers.Count >= labels.Count)
        {
            throw new ArgumentException(
                $"The {labels.Count} vectors are in {numbers.Count} clusters; from 2 clusters to one fewer than vectors are expected.",
                nameof(labels));
        }

        int[] clusters = [.. labels.Select(label => numbers[label])];
        var sizes = new int[numbers.Count];
        Array.ForEach(clusters, cluster => sizes[cluster]++);
        var values = new double[clusters.Length];
        for (var first = 0; first < clusters.Length; first += BlockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(BlockRows, clusters.Length - first);
            var rows = Tensor.From(
                embeddings.Values.Slice(first * embeddings.Columns, count * embeddings.Columns), count, embeddings.Columns);
            var scores = Similarity.Matrix(rows, embeddings, similarity);
            var start = first;
            Workers.Shared.For(
                count, int.MaxValue,
                i => values[start + i] = Value(scores.Row(i), start + i, clusters, sizes, similarity == SimilarityFunction.Cosine ? 1 : 0),
                cancellationToken);
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
            throw new ArgumentException($"The distances of vector {row} are NaN, because a vector is not finite.", nameof(scores));
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
