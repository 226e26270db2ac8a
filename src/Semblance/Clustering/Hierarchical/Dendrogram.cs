namespace Semblance;

/// <summary>A tree of clusters: all vectors alone at first, in the end all in one.</summary>
public sealed class Dendrogram
{
    private readonly Merge[] _merges;
    private readonly (int First, int Second)[] _members; // a vector of each of the two that become one

    private Dendrogram(int count, Merge[] merges, (int First, int Second)[] members) => (Count, _merges, _members) = (count, merges, members);

    /// <summary>The number of vectors.</summary>
    public int Count { get; }

    /// <summary>The n − 1 merges, nearest first.</summary>
    public IReadOnlyList<Merge> Merges => _merges;

    /// <summary>The clusters when so many are left.</summary>
    /// <param name="clusters">How many, from 1 to <see cref="Count"/>.</param>
    /// <returns>The cluster of each vector, from 0, numbered as they first appear.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many vectors.</exception>
    public int[] Cut(int clusters)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, Math.Min(1, Count));
        return clusters > Count
            ? throw new ArgumentOutOfRangeException(nameof(clusters), clusters, $"{Count} vectors do not make {clusters} clusters.")
            : After(Count - clusters);
    }

    /// <summary>The clusters when all are joined that are less than a distance apart.</summary>
    /// <param name="distance">The distance from which on clusters stay apart.</param>
    /// <returns>The cluster of each vector, from 0, numbered as they first appear.</returns>
    public int[] CutAt(double distance) => double.IsNaN(distance)
        ? throw new ArgumentException("A distance that is not a number cuts nowhere.", nameof(distance))
        : After(_merges.Count(merge => merge.Distance < distance));

    /// <summary>The tree of edges, each of which joins the clusters that its ends are in by then.</summary>
    /// <param name="count">The number of vectors.</param>
    /// <param name="edges">n − 1 edges that join all, in an order in which equally long ones are to be taken.</param>
    internal static Dendrogram Of(int count, IEnumerable<(int First, int Second, double Distance)> edges)
    {
        (int First, int Second, double Distance)[] sorted = [.. edges.OrderBy(edge => edge.Distance)];
        var merges = new Merge[sorted.Length];
        var sets = new DisjointSets(count);
        var clusters = Enumerable.Range(0, count).ToArray(); // of the vector that stands for a set
        var sizes = new int[count];
        Array.Fill(sizes, 1);
        for (var i = 0; i < sorted.Length; i++)
        {
            var (first, second) = (sets.Find(sorted[i].First), sets.Find(sorted[i].Second));
            var size = sizes[first] + sizes[second];
            merges[i] = new Merge(Math.Min(clusters[first], clusters[second]), Math.Max(clusters[first], clusters[second]), sorted[i].Distance, size);
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
            // The lowest member stands for a set, so it is always met first.
            var first = sets.Find(i);
            labels[i] = first == i ? found++ : labels[first];
        }

        return labels;
    }
}
