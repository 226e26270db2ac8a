using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Represents a cluster of texts.</summary>
/// <param name="Words">
/// The words that distinguish the texts of the cluster from the others, in descending order of weight (<see cref="TopicWords"/>).
/// </param>
/// <param name="Members">The texts by their row, with the cosine similarity to the centroid; the most similar first.</param>
public sealed record TextCluster(IReadOnlyList<string> Words, IReadOnlyList<SearchHit> Members)
{
    /// <summary>Returns the clusters of labeled texts, the largest first.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="vectors">The vectors of the texts <c>[texts × dimensions]</c>.</param>
    /// <param name="labels">The cluster of each text, from 0; −1 for none.</param>
    /// <param name="words">The maximum number of words per cluster.</param>
    /// <returns>The clusters.</returns>
    public static IReadOnlyList<TextCluster> Of(IReadOnlyList<string> texts, Tensor vectors, IReadOnlyList<int> labels, int words = 5)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(labels);
        var topics = TopicWords.Of(texts, labels, words);
        return [.. labels.Index().Where(row => row.Item >= 0).GroupBy(row => row.Item, row => row.Index)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.First())
            .Select(group => new TextCluster([.. topics[group.Key].Select(word => word.Word)], Ranked(vectors, [.. group])))];
    }

    private static SearchHit[] Ranked(Tensor vectors, int[] rows)
    {
        var center = new float[vectors.Columns];
        foreach (var row in rows)
        {
            var length = TensorPrimitives.Norm(vectors.Row(row));
            TensorPrimitives.MultiplyAdd(vectors.Row(row), length > 0 ? 1 / length : 0, center, center);
        }

        return [.. rows.Select(row => new SearchHit(row, Similarity.Of(vectors.Row(row), center))).OrderByDescending(hit => hit.Score)];
    }
}
