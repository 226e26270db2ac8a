using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Distances that keep sparse regions apart: two vectors are as far from each other as the largest of their distance and the two core distances,
/// that is how far each must go to meet enough others (Campello, Moulavi and Sander 2013).
/// </summary>
internal sealed class MutualReachability
{
    // Of each vector so many more neighbours than its core asks for are known: most edges of the tree are among them.
    private const int MoreNeighbours = 16;

    // All vectors are compared again where the neighbours know the shortest edge of fewer than one component in so many.
    private const int FewComponents = 16;

    private readonly BoundedDistances _distances;
    private readonly SearchHit[][] _nearest; // scores are distances with a minus
    private readonly float[] _cores;

    /// <param name="vectors"><c>[vectors × dimensions]</c>.</param>
    /// <param name="minSamples">How many vectors, itself included, lie within the core distance of one.</param>
    /// <param name="maxThreads">The maximum number of threads to use.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public MutualReachability(Tensor vectors, int minSamples, int maxThreads, CancellationToken cancellationToken)
    {
        _distances = new BoundedDistances(vectors, maxThreads, cancellationToken);
        _nearest = new SearchHit[vectors.Rows][];
        _cores = new float[vectors.Rows];
        var others = Math.Min(minSamples, vectors.Rows) - 1;
        var nearest = vectors.Rows < 2 ? null : _distances.Nearest((int)Math.Min((long)others + MoreNeighbours, vectors.Rows - 1));
        for (var row = 0; row < vectors.Rows; row++)
        {
            _nearest[row] = nearest?[row].ToArray() ?? [];
            _cores[row] = others > 0 ? -_nearest[row][others - 1].Score : 0;
        }
    }

    /// <summary>
    /// The edges of the minimum spanning tree (Borůvka 1926): in each round every component takes its shortest edge to another, and there are half
    /// as many components at most. Where the neighbours of its vectors do not tell it, all vectors are compared anew, so memory grows with their number only.
    /// </summary>
    /// <param name="progress">Hears the part of the edges that are found, from 0 to 1.</param>
    public List<(int First, int Second, double Distance)> SpanningTree(IProgress<double>? progress)
    {
        var tree = new List<(int, int, double)>();
        var sets = new DisjointSets(_cores.Length);
        while (tree.Count < _cores.Length - 1)
        {
            var components = Enumerable.Range(0, _cores.Length).Select(sets.Find).ToArray();
            var shortest = new ShortestEdges(_distances, components, _cores);
            var known = Known(shortest, components);
            if (known.Count * FewComponents < _cores.Length - tree.Count)
            {
                _distances.Compare(shortest);
                known = shortest.Below(null);
            }

            foreach (var (first, second, distance) in known)
            {
                if (sets.Union(first, second))
                {
                    tree.Add((first, second, distance));
                }
            }

            progress?.Report((double)tree.Count / (_cores.Length - 1));
        }

        return tree;
    }

    // The shortest edges that the neighbours tell: whoever is no neighbour is farther than the last of them.
    private List<(int First, int Second, double Distance)> Known(ShortestEdges shortest, int[] components)
    {
        var reaches = new float[components.Length];
        Array.Fill(reaches, float.PositiveInfinity);
        for (var row = 0; row < components.Length; row++)
        {
            var hits = _nearest[row];
            if (hits.Length < components.Length - 1)
            {
                reaches[components[row]] = Math.Min(reaches[components[row]], -hits[^1].Score);
            }

            foreach (var hit in hits)
            {
                if (components[hit.Index] != components[row])
                {
                    shortest.Offer(Math.Min(row, hit.Index), Math.Max(row, hit.Index), -hit.Score);
                }
            }
        }

        return shortest.Below(reaches);
    }
}
