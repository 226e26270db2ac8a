namespace Semblance;

/// <summary>
/// Represents a dendrogram condensed to clusters of a minimum size: from the top down, vectors leave a cluster until it
/// splits into several parts that are large enough (McInnes and Healy 2017, arXiv:1705.07321). λ is the reciprocal of the distance.
/// </summary>
internal sealed class CondensedTree
{
    private const double SmallestDistance = 1e-30; // equal vectors have a finite λ

    private readonly Dendrogram _dendrogram;
    private readonly int _minSize;
    private readonly int[] _clusters; // the last cluster of each vector
    private readonly double[] _lambdas; // λ at which the vector left it
    private readonly List<Cluster> _tree = [];

    public CondensedTree(Dendrogram dendrogram, int minSize)
    {
        (_dendrogram, _minSize) = (dendrogram, minSize);
        _clusters = new int[dendrogram.Count];
        _lambdas = new double[dendrogram.Count];
        _tree.Add(new Cluster(-1, 0));
        Condense();
    }

    /// <summary>Selects the most stable clusters (excess of mass) and returns the membership of each vector.</summary>
    /// <param name="allowSingle"><see langword="true"/> to allow a single cluster of all vectors.</param>
    /// <returns>
    /// The cluster of each vector, numbered from 0 in the order of first occurrence, or −1; and its λ as a fraction of the largest in its
    /// cluster, 0 for noise.
    /// </returns>
    public (int[] Labels, float[] Probabilities) Select(bool allowSingle)
    {
        var selected = Selected(allowSingle);
        var owners = new int[_tree.Count]; // the selected cluster that contains each cluster, or −1
        for (var c = 0; c < owners.Length; c++)
        {
            var above = c == 0 ? -1 : owners[_tree[c].Parent];
            owners[c] = above >= 0 ? above : selected[c] ? c : -1;
        }

        var labels = new int[_clusters.Length];
        var probabilities = new float[_clusters.Length];
        var numbers = new Dictionary<int, int>();
        for (var i = 0; i < labels.Length; i++)
        {
            var owner = owners[_clusters[i]];
            if (owner < 0 || (owner == 0 && _lambdas[i] < _tree[0].Death)) // in the root, only the core belongs to the cluster
            {
                labels[i] = -1;
                continue;
            }

            numbers.TryAdd(owner, numbers.Count);
            labels[i] = numbers[owner];
            probabilities[i] = (float)Math.Min(1, _lambdas[i] / _tree[owner].Death);
        }

        return (labels, probabilities);
    }

    private bool[] Selected(bool allowSingle)
    {
        var selected = new bool[_tree.Count];
        var below = new double[_tree.Count];
        for (var c = _tree.Count - 1; c >= (allowSingle ? 0 : 1); c--)
        {
            selected[c] = _tree[c].Stability >= below[c];
            if (c > 0)
            {
                below[_tree[c].Parent] += Math.Max(_tree[c].Stability, below[c]);
            }
        }

        return selected;
    }

    private void Condense()
    {
        var open = new Stack<(int Node, int Cluster)>();
        if (_dendrogram.Count > 1)
        {
            open.Push(((2 * _dendrogram.Count) - 2, 0));
        }

        while (open.TryPop(out var next))
        {
            var (distance, cluster) = (_dendrogram.Merges[next.Node - _dendrogram.Count].Distance, _tree[next.Cluster]);
            var lambda = 1 / Math.Max(distance, SmallestDistance);
            var parts = Parts(next.Node, distance);
            var splits = parts.Count(part => Size(part) >= _minSize) > 1;
            foreach (var part in parts)
            {
                if (Size(part) < _minSize)
                {
                    cluster.Leave(Size(part), lambda);
                    Leave(part, next.Cluster, lambda);
                }
                else if (splits)
                {
                    cluster.Leave(Size(part), lambda);
                    open.Push((part, _tree.Count));
                    _tree.Add(new Cluster(next.Cluster, lambda));
                }
                else
                {
                    open.Push((part, next.Cluster));
                }
            }
        }
    }

    // The parts of a node at any smaller distance. Merges at equal distances are treated as one, so that their order does not matter.
    private List<int> Parts(int node, double distance)
    {
        var parts = new List<int>();
        var open = new Stack<int>([node]);
        while (open.TryPop(out var next))
        {
            if (next < _dendrogram.Count || _dendrogram.Merges[next - _dendrogram.Count].Distance < distance)
            {
                parts.Add(next);
            }
            else
            {
                open.Push(_dendrogram.Merges[next - _dendrogram.Count].First);
                open.Push(_dendrogram.Merges[next - _dendrogram.Count].Second);
            }
        }

        return parts;
    }

    private void Leave(int node, int cluster, double lambda)
    {
        var open = new Stack<int>([node]);
        while (open.TryPop(out var next))
        {
            if (next < _dendrogram.Count)
            {
                (_clusters[next], _lambdas[next]) = (cluster, lambda);
            }
            else
            {
                open.Push(_dendrogram.Merges[next - _dendrogram.Count].First);
                open.Push(_dendrogram.Merges[next - _dendrogram.Count].Second);
            }
        }
    }

    private int Size(int node) => node < _dendrogram.Count ? 1 : _dendrogram.Merges[node - _dendrogram.Count].Size;

    private sealed class Cluster(int parent, double birth)
    {
        public int Parent => parent;

        /// <summary>Gets the largest λ at which a vector left the cluster.</summary>
        public double Death { get; private set; }

        /// <summary>Gets the stability: the sum over the vectors of the range of λ in which they belong to the cluster.</summary>
        public double Stability { get; private set; }

        public void Leave(int count, double lambda)
        {
            Death = Math.Max(Death, lambda);
            Stability += count * (lambda - birth);
        }
    }
}
