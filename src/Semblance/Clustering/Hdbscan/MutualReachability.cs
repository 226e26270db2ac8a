using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Computes mutual reachability distances, which separate sparse regions: the largest of the distance of two vectors and their two core
/// distances, where the core distance is the distance within which a vector has enough neighbors (Campello, Moulavi and Sander 2013).
/// </summary>
internal sealed class MutualReachability
{
    // The number of neighbors to find beyond those of the core distance: most edges of the tree are among them.
    private const int MoreNeighbors = 16;

    // All vectors are compared again if the neighbors determine the shortest edge of fewer than one in this many components.
    private const int FewComponents = 16;

    private readonly BoundedDistances _distances;
    private readonly SearchHit[][] _nearest; // scores are negated distances
    private readonly float[] _cores;

    /// <param name="vectors">The vectors <c>[vectors × dimensions]</c>.</param>
    /// <param name="minSamples">The number of vectors within the core distance of a vector, including itself.</param>
    /// <param name="maxThreads">The maximum number of threads.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public MutualReachability(Tensor vectors, int minSamples, int maxThreads, CancellationToken cancellationToken)
    {
        _distances = new BoundedDistances(vectors, maxThreads, cancellationToken);
        _nearest = new SearchHit[vectors.Rows][];
        _cores = new float[vectors.Rows];
        var others = Math.Min(minSamples, vectors.Rows) - 1;
        var nearest = vectors.Rows < 2 ? null : _distances.Nearest((int)Math.Min((long)others + MoreNeighbors, vectors.Rows - 1));
        for (var row = 0; row < vectors.Rows; row++)
        {
            _nearest[row] = nearest?[row].ToArray() ?? [];
            _cores[row] = others > 0 ? -_nearest[row][others - 1].Score : 0;
        }
    }

    /// <summary>
    /// Returns the edges of the minimum spanning tree (Borůvka 1926): in each round, every component adds its shortest edge to another one,
    /// which at least halves the number of components. If the neighbors do not determine the edge, all vectors are compared again, so
    /// memory grows only linearly with their number.
    /// </summary>
    /// <param name="progress">Receives the completed fraction of the edges, from 0 to 1.</param>
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

    // The shortest edges that the neighbors determine: a vector that is not a neighbor is farther than the last neighbor.
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
