namespace Semblance;

/// <summary>
/// A dendrogram of which only those branches are clusters that never were too small: from the top down, vectors leave a cluster until it
/// falls into parts of which several are large enough (McInnes and Healy 2017, arXiv:1705.07321). λ is one over the distance.
/// </summary>
internal sealed class CondensedTree
{
    private const double SmallestDistance = 1e-30; // equal vectors have a finite λ

    private readonly Dendrogram _dendrogram;
    private readonly int _minSize;
    private readonly int[] _clusters; // that each vector left last
    private readonly double[] _lambdas; // at which it did
    private readonly List<Cluster> _tree = [];

    public CondensedTree(Dendrogram dendrogram, int minSize)
    {
        (_dendrogram, _minSize) = (dendrogram, minSize);
        _clusters = new int[dendrogram.Count];
        _lambdas = new double[dendrogram.Count];
        _tree.Add(new Cluster(-1, 0));
        Condense();
    }

    /// <summary>The clusters that together last longest (excess of mass), and how firmly each vector is in its own.</summary>
    /// <param name="allowSingle">Whether all may be one.</param>
    /// <returns>The cluster of each vector, from 0 as they first appear, or −1; its λ as a part of the largest in its cluster, 0 for noise.</returns>
    public (int[] Labels, float[] Probabilities) Select(bool allowSingle)
    {
        var selected = Selected(allowSingle);
        var owners = new int[_tree.Count]; // the selected cluster that each is, or is in
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
            if (owner < 0 || (owner == 0 && _lambdas[i] < _tree[0].Death)) // of all, only the core is a cluster
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

    // What is left of a node at any smaller distance. Many merges are equally far: their order must not matter.
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

        /// <summary>The largest λ at which somebody left.</summary>
        public double Death { get; private set; }

        /// <summary>For how long its vectors stayed, all together.</summary>
        public double Stability { get; private set; }

        public void Leave(int count, double lambda)
        {
            Death = Math.Max(Death, lambda);
            Stability += count * (lambda - birth);
        }
    }
}
