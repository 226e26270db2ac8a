using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Distances that keep sparse regions apart: two vectors are as far from each other as the largest of their distance and the two core distances,
/// that is how far each must go to meet enough others (Campello, Moulavi and Sander 2013).
/// </summary>
internal sealed class MutualReachability
{
    private readonly Tensor _vectors;
    private readonly MiningOptions _tiles;
    private readonly CancellationToken _cancellation;

    /// <param name="vectors"><c>[vectors × dimensions]</c>.</param>
    /// <param name="minSamples">How many vectors, itself included, lie within the core distance of one.</param>
    /// <param name="maxThreads">The most threads to use.</param>
    /// <param name="cancellation">Stops between two tiles.</param>
    public MutualReachability(Tensor vectors, int minSamples, int maxThreads, CancellationToken cancellation)
    {
        (_vectors, _cancellation) = (vectors, cancellation);
        _tiles = new MiningOptions { Similarity = SimilarityFunction.Euclidean, MaxThreads = maxThreads };
        CoreDistances = new float[vectors.Rows];
        var others = Math.Min(minSamples, vectors.Rows) - 1;
        if (others > 0)
        {
            var nearest = new Rankings(vectors.Rows, others, float.NegativeInfinity);
            Compare(new NearestPairs(nearest, nearest));
            for (var row = 0; row < vectors.Rows; row++)
            {
                CoreDistances[row] = -nearest[row].ToArray()[^1].Score;
            }
        }
    }

    public float[] CoreDistances { get; }

    /// <summary>
    /// The edges of the minimum spanning tree (Borůvka 1926): in each round every component takes its shortest edge to another, and there are half
    /// as many components at most. Each round compares all vectors anew, so memory grows with their number only.
    /// </summary>
    /// <param name="progress">Hears the part of the edges that are found, from 0 to 1.</param>
    public List<(int First, int Second, double Distance)> SpanningTree(IProgress<double>? progress)
    {
        var tree = new List<(int, int, double)>();
        var sets = new DisjointSets(_vectors.Rows);
        while (tree.Count < _vectors.Rows - 1)
        {
            var components = Enumerable.Range(0, _vectors.Rows).Select(sets.Find).ToArray();
            var shortest = new ShortestEdges(components, CoreDistances);
            Compare(shortest);
            foreach (var (first, second, distance) in shortest.Edges)
            {
                if (sets.Union(first, second))
                {
                    tree.Add((first, second, distance));
                }
            }

            progress?.Report((double)tree.Count / (_vectors.Rows - 1));
        }

        return tree;
    }

    private void Compare(IPairSink sink) => new PairTiles(_vectors, null, _tiles, sink, new ProgressCounter(null, 1), _cancellation).Compare();

    // Of equally long edges the one between lower rows counts: edges are all different, so they make no circle and no thread changes them.
    private sealed class ShortestEdges : IPairSink
    {
        private const int Gates = 64;

        private readonly int[] _components;
        private readonly float[] _cores;
        private readonly float[] _lengths; // by component; they fall while others are found
        private readonly (int First, int Second)[] _edges;
        private readonly Lock[] _gates = [.. Enumerable.Range(0, Gates).Select(_ => new Lock())];

        public ShortestEdges(int[] components, float[] cores)
        {
            (_components, _cores) = (components, cores);
            _lengths = new float[components.Length];
            _edges = new (int, int)[components.Length];
            Array.Fill(_lengths, float.PositiveInfinity);
        }

        public IEnumerable<(int First, int Second, double Distance)> Edges =>
            Enumerable.Range(0, _edges.Length).Where(i => _lengths[i] < float.PositiveInfinity).Select(i => (_edges[i].First, _edges[i].Second, (double)_lengths[i]));

        public void Take(ReadOnlySpan<float> scores, int first, int second)
        {
            var (own, core) = (_components[first], _cores[first]);
            var components = _components.AsSpan(second, scores.Length);
            var cores = _cores.AsSpan(second, scores.Length);
            var (best, bar) = (-1, _lengths[own]);
            for (var i = 0; i < scores.Length; i++)
            {
                if (components[i] != own)
                {
                    var length = Math.Max(Math.Max(-scores[i], core), cores[i]);
                    if (length < bar || (length == bar && best < 0))
                    {
                        (best, bar) = (i, length);
                    }

                    if (length <= _lengths[components[i]])
                    {
                        Offer(components[i], first, second + i, length);
                    }
                }
            }

            if (best >= 0)
            {
                Offer(own, first, second + best, bar);
            }
        }

        private void Offer(int component, int first, int second, float length)
        {
            lock (_gates[component % Gates])
            {
                if (length < _lengths[component] || (length == _lengths[component] && (first, second).CompareTo(_edges[component]) < 0))
                {
                    (_lengths[component], _edges[component]) = (length, (first, second));
                }
            }
        }
    }
}
