namespace Semblance.Training;

/// <summary>
/// Computes the agreement of clusters with classes, regardless of their numbering; values and special cases match scikit-learn.
/// </summary>
public static class ClusterAgreement
{
    /// <summary>
    /// Computes the adjusted Rand index (Hubert and Arabie 1985): the fraction of pairs that classes and clusters both join or both
    /// separate, corrected for
    /// chance. 1 is perfect agreement, 0 is chance.
    /// </summary>
    /// <param name="classes">The class of each element.</param>
    /// <param name="clusters">The cluster of each element.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double AdjustedRand(IReadOnlyList<int> classes, IReadOnlyList<int> clusters)
    {
        var table = new Contingency(classes, clusters);
        var (together, all) = (table.Cells.Sum(Pairs), Pairs(table.Count));
        var (ofClasses, ofClusters) = (table.Rows.Sum(Pairs), table.Columns.Sum(Pairs));
        var (expected, most) = (all == 0 ? 0 : ofClasses * ofClusters / all, (ofClasses + ofClusters) / 2);
        return most == expected ? 1 : (together - expected) / (most - expected); // both join all elements, or separate all

        static double Pairs(int count) => count * (count - 1.0) / 2;
    }

    /// <summary>
    /// Computes the normalized mutual information: the mutual information divided by the mean of both entropies, from 0 to 1.
    /// </summary>
    /// <inheritdoc cref="AdjustedRand"/>
    public static double NormalizedMutualInformation(IReadOnlyList<int> classes, IReadOnlyList<int> clusters)
    {
        var table = new Contingency(classes, clusters);
        return table.Rows.Count <= 1 && table.Columns.Count <= 1
            ? 1
            : Part(table.Information, (table.ClassEntropy + table.ClusterEntropy) / 2, 0);
    }

    /// <summary>
    /// Computes the homogeneity, 1 if each cluster has members of one class only (Rosenberg and Hirschberg 2007), from 0 to 1.
    /// </summary>
    /// <inheritdoc cref="AdjustedRand"/>
    public static double Homogeneity(IReadOnlyList<int> classes, IReadOnlyList<int> clusters)
    {
        var table = new Contingency(classes, clusters);
        return Part(table.Information, table.ClassEntropy, 1);
    }

    /// <summary>Computes the completeness, 1 if all members of a class are in one cluster, from 0 to 1.</summary>
    /// <inheritdoc cref="AdjustedRand"/>
    public static double Completeness(IReadOnlyList<int> classes, IReadOnlyList<int> clusters)
    {
        var table = new Contingency(classes, clusters);
        return Part(table.Information, table.ClusterEntropy, 1);
    }

    /// <summary>
    /// Computes the V-measure, the harmonic mean of homogeneity and completeness and the usual metric of comparisons, from 0 to 1.
    /// </summary>
    /// <inheritdoc cref="AdjustedRand"/>
    public static double VMeasure(IReadOnlyList<int> classes, IReadOnlyList<int> clusters)
    {
        var (homogeneity, completeness) = (Homogeneity(classes, clusters), Completeness(classes, clusters));
        return homogeneity + completeness == 0 ? 0 : 2 * homogeneity * completeness / (homogeneity + completeness);
    }

    private static double Part(double information, double entropy, double without) =>
        entropy > 0 ? Math.Clamp(information / entropy, 0, 1) : without;

    /// <summary>Represents the numbers of elements in each class, in each cluster, and in both.</summary>
    private sealed class Contingency
    {
        private readonly Dictionary<(int Class, int Cluster), int> _cells = [];
        private readonly Dictionary<int, int> _classes = [];
        private readonly Dictionary<int, int> _clusters = [];

        public Contingency(IReadOnlyList<int> classes, IReadOnlyList<int> clusters)
        {
            ArgumentNullException.ThrowIfNull(classes);
            ArgumentNullException.ThrowIfNull(clusters);
            if (classes.Count != clusters.Count)
            {
                throw new ArgumentException(
                    $"There are {classes.Count} classes, but {clusters.Count} clusters; each element needs one of both.", nameof(clusters));
            }

            Count = classes.Count;
            for (var i = 0; i < Count; i++)
            {
                _cells[(classes[i], clusters[i])] = _cells.GetValueOrDefault((classes[i], clusters[i])) + 1;
                _classes[classes[i]] = _classes.GetValueOrDefault(classes[i]) + 1;
                _clusters[clusters[i]] = _clusters.GetValueOrDefault(clusters[i]) + 1;
            }
        }

        public int Count { get; }

        public Dictionary<(int Class, int Cluster), int>.ValueCollection Cells => _cells.Values;

        public Dictionary<int, int>.ValueCollection Rows => _classes.Values;

        public Dictionary<int, int>.ValueCollection Columns => _clusters.Values;

        public double ClassEntropy => Entropy(_classes.Values);

        public double ClusterEntropy => Entropy(_clusters.Values);

        public double Information => _cells.Sum(cell => (double)cell.Value / Count
            * Math.Log((double)cell.Value * Count / ((double)_classes[cell.Key.Class] * _clusters[cell.Key.Cluster])));

        private double Entropy(IEnumerable<int> counts) => -counts.Sum(count => (double)count / Count * Math.Log((double)count / Count));
    }
}
