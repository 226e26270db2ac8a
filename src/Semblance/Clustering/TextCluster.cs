using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Cli.Clustering;

/// <summary>A group of texts.</summary>
/// <param name="Words">What they are about.</param>
/// <param name="Members">Their rows, the nearest to the centre first, with the cosine between them.</param>
internal sealed record TextCluster(IReadOnlyList<string> Words, IReadOnlyList<SearchHit> Members)
{
    /// <summary>The groups of labelled texts, the largest first.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="vectors"><c>[texts × dimensions]</c>.</param>
    /// <param name="labels">The group of each, or −1.</param>
    /// <param name="words">How many words say what a group is about.</param>
    public static IReadOnlyList<TextCluster> Of(IReadOnlyList<string> texts, Tensor vectors, int[] labels, int words)
    {
        var topics = TopicWords.Of(texts, labels, words);
        return [.. labels.Index().Where(row => row.Item >= 0).GroupBy(row => row.Item, row => row.Index)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.First())
            .Select(group => new TextCluster([.. topics[group.Key].Select(word => word.Word)], Ranked(vectors, [.. group])))];
    }

    private static SearchHit[] Ranked(Tensor vectors, int[] rows)
    {
        var centre = new float[vectors.Columns];
        foreach (var row in rows)
        {
            var length = TensorPrimitives.Norm(vectors.Row(row));
            TensorPrimitives.MultiplyAdd(vectors.Row(row), length > 0 ? 1 / length : 0, centre, centre);
        }

        return [.. rows.Select(row => new SearchHit(row, Similarity.Of(vectors.Row(row), centre))).OrderByDescending(hit => hit.Score)];
    }
}
