namespace Semblance;

/// <summary>Represents a tree of clusters, from single vectors to one cluster of all.</summary>
public sealed class Dendrogram
{
    private readonly Merge[] _merges;
    private readonly (int First, int Second)[] _members; // a vector of each of the two merged clusters

    private Dendrogram(int count, Merge[] merges, (int First, int Second)[] members) =>
        (Count, _merges, _members) = (count, merges, members);

    /// <summary>Gets the number of vectors.</summary>
    public int Count { get; }

    /// <summary>Gets the n − 1 merges in ascending order of distance.</summary>
    public IReadOnlyList<Merge> Merges => _merges;

    /// <summary>Returns the clusters for a given number of clusters.</summary>
    /// <param name="clusters">The number of clusters, from 1 to <see cref="Count"/>.</param>
    /// <returns>The cluster of each vector, numbered from 0 in the order of first occurrence.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1 or greater than the number of vectors.</exception>
    public int[] Cut(int clusters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, Math.Min(1, Count));
        return clusters > Count
            ? throw new ArgumentOutOfRangeException(
                nameof(clusters), clusters, $"{Count} vectors cannot be divided into {clusters} clusters.")
            : After(Count - clusters);
    }

    /// <summary>Returns the clusters after all merges with a distance less than the given one.</summary>
    /// <param name="distance">The distance from which clusters stay separate.</param>
    /// <returns>The cluster of each vector, numbered from 0 in the order of first occurrence.</returns>
    public int[] CutAt(double distance) => double.IsNaN(distance)
        ? throw new ArgumentException("The distance is NaN; use a number.", nameof(distance))
        : After(_merges.Count(merge => merge.Distance < distance));

    /// <summary>Creates the tree from edges, each of which merges the current clusters of its ends.</summary>
    /// <param name="count">The number of vectors.</param>
    /// <param name="edges">The n − 1 edges of a spanning tree; edges of equal length are merged in this order.</param>
    internal static Dendrogram Of(int count, IEnumerable<(int First, int Second, double Distance)> edges)
    {
        (int First, int Second, double Distance)[] sorted = [.. edges.OrderBy(edge => edge.Distance)];
        var merges = new Merge[sorted.Length];
        var sets = new DisjointSets(count);
        var clusters = Enumerable.Range(0, count).ToArray(); // by the representative of the set
        var sizes = new int[count];
        Array.Fill(sizes, 1);
        for (var i = 0; i < sorted.Length; i++)
        {
            var (first, second) = (sets.Find(sorted[i].First), sets.Find(sorted[i].Second));
            var size = sizes[first] + sizes[second];
            merges[i] = new Merge(
                Math.Min(clusters[first], clusters[second]), Math.Max(clusters[first], clusters[second]), sorted[i].Distance, size);
            sets.Union(first, second);
            var both = sets.Find(first);
            (clusters[both], sizes[both]) = (count + i, size);
        }

        return new Dendrogram(count, merges, Array.ConvertAll(sorted, edge => (edge.First, edge.Second)));
    }

    private int[] After(int merges)
    {
        var sets = new DisjointSets(Count);
        for (var i = 0; i < merges; i++)
        {
            sets.Union(_members[i].First, _members[i].Second);
        }

        var labels = new int[Count];
        var found = 0;
        for (var i = 0; i < Count; i++)
        {
            // The lowest member represents a set, so it always comes first.
            var first = sets.Find(i);
            labels[i] = first == i ? found++ : labels[first];
        }

        return labels;
    }
}
