using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Builds a graph in memory on several threads (algorithms 1 and 4 of the paper). With one thread, the same vectors give the same graph.
/// </summary>
/// <remarks>
/// Only writers lock a row. A reader may see a row that is being written: every entry is −1 or a vector. The distances of
/// neighbors are computed again when a row is selected anew: storing them with the links would double the memory of the graph.
/// </remarks>
internal sealed unsafe class HnswBuilder : IDisposable
{
    private const int HighestLevel = 30;

    // Squared distances: how much farther than the nearest neighbor a vector outside a dense cluster is, and the ratio up to which
    // distances count as equal.
    private const float CrowdDistance = 16;
    private const float AsNear = 0.8f;
    private const int WaysOutPart = 2;

    private readonly VectorSpace _space;
    private readonly RecordNodes _nodes;
    private readonly int _efConstruction;
    private readonly NativeArray<int> _links;
    private readonly NativeArray<int> _starts;
    private readonly NativeArray<int> _upperLinks;
    private readonly NativeArray<byte> _locks;
    private readonly Lock _entry = new();
    private readonly int _first;
    private int _highest;

    /// <param name="path">The path of the file, for messages.</param>
    /// <param name="space">All vectors.</param>
    /// <param name="nodes">The nodes of the records; equal vectors share one already.</param>
    /// <param name="count">The number of records.</param>
    /// <param name="options">The options of the graph.</param>
    /// <param name="basis">The graph of the first records, which is extended; <see langword="null"/> to start with an empty graph.</param>
    public HnswBuilder(string path, VectorSpace space, RecordNodes nodes, int count, HnswOptions options, HnswGraph? basis = null)
    {
        _space = space;
        _nodes = nodes;
        _efConstruction = Math.Max(options.EfConstruction, options.M);
        _first = basis?.Count ?? 0;
        _starts = new NativeArray<int>(count + 1L);
        var starts = _starts.Data;
        for (var node = 0; node < count; node++)
        {
            starts[node + 1] = starts[node] + (node < _first ? basis!.Level(node) : LevelOf(node, options));
        }

        var rows = starts[count];
        _links = new NativeArray<int>(2L * count * options.M, fill: 0xff);
        _upperLinks = new NativeArray<int>((long)rows * options.M, fill: 0xff);
        _locks = new NativeArray<byte>(count);
        Graph = new HnswGraph(path, count, options.M, _links.Data, starts, _upperLinks.Data, rows);
        if (basis is not null && _first > 0)
        {
            Buffer.MemoryCopy(basis.Links, _links.Data, _links.Length * sizeof(int), 2L * _first * options.M * sizeof(int));
            Buffer.MemoryCopy(
                basis.UpperLinks, _upperLinks.Data, _upperLinks.Length * sizeof(int), (long)starts[_first] * options.M * sizeof(int));
            (_highest, Graph.EntryLevel, Graph.Entry) = (basis.EntryLevel, basis.EntryLevel, basis.Entry);
        }
    }

    public HnswGraph Graph { get; }

    /// <summary>Links all vectors that are not yet in the graph.</summary>
    public void Build(int maxThreads, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        const int Block = 64;
        var first = _first;
        if (Graph.Entry < 0 && Graph.Count > 0)
        {
            _nodes.Found(0);
            (_highest, Graph.EntryLevel, Graph.Entry) = (Graph.Level(0), Graph.Level(0), 0);
            first = 1;
        }

        var scratches = new ConcurrentBag<HnswScratch>();
        var counter = new ProgressCounter(progress, Math.Max(1, Graph.Count - first));
        Workers.Shared.For(
            (Graph.Count - first + Block - 1) / Block,
            maxThreads,
            block =>
            {
                if (!scratches.TryTake(out var scratch))
                {
                    scratch = new HnswScratch(Graph.Count, 2 * Graph.M);
                }

                var start = first + (block * Block);
                var end = Math.Min(Graph.Count, start + Block);
                for (var node = start; node < end; node++)
                {
                    if (!_nodes.IsCopy(node))
                    {
                        Insert(node, scratch);
                    }
                }

                counter.Add(end - start);
                scratches.Add(scratch);
            },
            cancellationToken);
        LinkForgotten();
    }

    public void Dispose()
    {
        _links.Dispose();
        _starts.Dispose();
        _upperLinks.Dispose();
        _locks.Dispose();
    }

    // Exponential distribution with scale 1 / ln M, from the seed and the number of the vector only.
    private static int LevelOf(int node, HnswOptions options)
    {
        var x = ((ulong)(uint)options.Seed << 32) + (uint)node + 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        var uniform = (((x ^ (x >> 31)) >> 11) + 1) / (double)(1UL << 53);
        return Math.Min(HighestLevel, (int)(-Math.Log(uniform) / Math.Log(options.M)));
    }

    private void Insert(int node, HnswScratch scratch)
    {
        var level = Graph.Level(node);
        if (level <= Volatile.Read(ref _highest))
        {
            Link(node, level, scratch);
            return;
        }

        // A new highest layer: other threads wait until it has its entry point.
        lock (_entry)
        {
            if (Link(node, level, scratch) && level > Graph.EntryLevel)
            {
                (Graph.EntryLevel, Graph.Entry) = (level, node);
                Volatile.Write(ref _highest, level);
            }
        }
    }

    // Links a vector on all its layers, unless a nearly equal one is found: then it joins that node without links.
    private bool Link(int node, int level, HnswScratch scratch)
    {
        var query = _space.Vector(node);
        var current = Graph.Entry;
        var top = Graph.Level(current);
        var distance = _space.Distance(query, current);
        for (var above = top; above > level; above--)
        {
            (current, distance) = HnswSearch.Descend(Graph, _space, query, current, distance, above);
        }

        scratch.Links.Clear();
        for (var layer = Math.Min(level, top); layer >= 0; layer--)
        {
            scratch.Forget();
            HnswSearch.Layer(Graph, _space, query, current, distance, layer, _efConstruction, scratch);
            var met = scratch.Candidates.Unmarked();
            if (_nodes.TryJoin(node, met))
            {
                return false;
            }

            (current, distance) = (met[0].Node, met[0].Distance);
            Choose(met, Graph.M, scratch.Chosen);
            foreach (var neighbor in scratch.Chosen)
            {
                scratch.Links.Add((neighbor, layer));
            }
        }

        _nodes.Found(node);
        foreach (var (neighbor, layer) in scratch.Links)
        {
            Add(node, neighbor.Node, neighbor.Distance, layer, scratch);
            Add(neighbor.Node, node, neighbor.Distance, layer, scratch);
        }

        return true;
    }

    // A candidate is selected if it is nearer to the vector than to each one already selected: neighbors in all directions.
    private void Choose(ReadOnlySpan<Candidate> candidates, int count, List<Candidate> chosen)
    {
        chosen.Clear();
        foreach (var candidate in candidates)
        {
            var stays = true;
            foreach (var other in CollectionsMarshal.AsSpan(chosen))
            {
                if (_space.Distance(candidate.Node, other.Node) < candidate.Distance)
                {
                    stays = false;
                    break;
                }
            }

            if (stays)
            {
                chosen.Add(candidate);
                if (chosen.Count == count)
                {
                    return;
                }
            }
        }
    }

    // In a dense cluster, the selected neighbors are about as near to anything outside as the vector itself, so that no link leaves the
    // cluster and vectors outside are not found from within. Links to much farther vectors then fill the free places.
    private void KeepWaysOut(int from, ReadOnlySpan<Candidate> candidates, int count, List<Candidate> chosen)
    {
        var (free, crowd) = (Math.Min(count - chosen.Count, count / WaysOutPart), chosen.Count);
        if (free <= 0)
        {
            return;
        }

        var nearest = _nodes.Apart(from, chosen[0].Node, chosen[0].Distance);
        for (var i = candidates.Length - 1; i > 0 && free > 0; i--)
        {
            var (distance, node) = candidates[i];
            var apart = _nodes.Apart(from, node, distance);
            if (apart < CrowdDistance * nearest)
            {
                return;
            }

            var isWayOut = true;
            for (var j = 0; isWayOut && j < crowd; j++)
            {
                isWayOut = chosen[j].Node != node
                    && _nodes.Apart(node, chosen[j].Node, _space.Distance(node, chosen[j].Node)) > AsNear * apart;
            }

            if (isWayOut)
            {
                chosen.Add(candidates[i]);
                free--;
            }
        }
    }

    private void Add(int from, int to, float distance, int level, HnswScratch scratch)
    {
        var row = Graph.Row(from, level);
        var width = Graph.Width(level);
        Enter(from);
        try
        {
            var count = 0;
            for (; count < width && row[count] >= 0; count++)
            {
                if (row[count] == to)
                {
                    return;
                }
            }

            if (count < width)
            {
                Volatile.Write(ref row[count], to);
                return;
            }

            for (var i = 0; i < width; i++)
            {
                _space.Prefetch(row[i]);
            }

            var choice = scratch.Choice;
            choice.Clear();
            choice.Add(new Candidate(distance, to));
            for (var i = 0; i < width; i++)
            {
                choice.Add(new Candidate(_space.Distance(from, row[i]), row[i]));
            }

            CollectionsMarshal.AsSpan(choice).Sort(static (a, b) => a.Distance.CompareTo(b.Distance));
            Choose(CollectionsMarshal.AsSpan(choice), width, scratch.Chosen);
            KeepWaysOut(from, CollectionsMarshal.AsSpan(choice), width, scratch.Chosen);
            for (var i = 0; i < width; i++)
            {
                Volatile.Write(ref row[i], i < scratch.Chosen.Count ? scratch.Chosen[i].Node : -1);
            }

            choice.Clear();
        }
        finally
        {
            Volatile.Write(ref _locks.Data[from], 0);
        }
    }

    // A vector that no path from the entry point reaches is never found: replacing links by nearer ones can isolate a vector, or a group of
    // similar ones, most of all if several threads link neighbors at once. A near reachable vector links to it, instead of a link by which
    // no other vector is reached first.
    private void LinkForgotten()
    {
        var origins = new int[Graph.Count]; // the vector whose link reaches each first
        Array.Fill(origins, -1);
        var met = new List<int>(Graph.Count);
        if (Graph.Entry >= 0)
        {
            Walk(Graph.Entry, Graph.Entry, origins, met);
        }

        HnswScratch? scratch = null;
        for (int node = 0, any = 0; node < Graph.Count; node++)
        {
            if (!_nodes.IsNode(node))
            {
                continue; // it shares another node
            }

            var own = new ReadOnlySpan<int>(Graph.Row(node, 0), Graph.Width(0));
            for (var i = 0; origins[node] < 0 && i < own.Length && own[i] >= 0; i++)
            {
                TakeIn(own[i], node, origins, met);
            }

            if (origins[node] < 0)
            {
                scratch ??= new HnswScratch(Graph.Count, 2 * Graph.M);
                var near = HnswSearch.Nearest(Graph, _space, _space.Vector(node), _efConstruction, scratch);
                for (var i = 0; origins[node] < 0 && i < near.Length; i++)
                {
                    TakeIn(near[i].Node, node, origins, met);
                }
            }

            // In a group of similar vectors the nearest may have no link to spare; among all reachable ones some do.
            while (origins[node] < 0)
            {
                TakeIn(met[any], node, origins, met);
                any += origins[node] < 0 ? 1 : 0;
            }
        }
    }

    // Records the vectors that become reachable from a vector.
    private void Walk(int origin, int start, int[] origins, List<int> met)
    {
        var next = met.Count;
        origins[start] = origin;
        met.Add(start);
        for (; next < met.Count; next++)
        {
            var row = Graph.Row(met[next], 0);
            for (var i = 0; i < Graph.Width(0) && row[i] >= 0; i++)
            {
                if (origins[row[i]] < 0)
                {
                    origins[row[i]] = met[next];
                    met.Add(row[i]);
                }
            }
        }
    }

    // Links a reachable vector to an unreachable one, in a free place or instead of the last link that no other vector needs, if there is
    // one.
    private void TakeIn(int from, int node, int[] origins, List<int> met)
    {
        if (origins[from] < 0)
        {
            return;
        }

        var row = Graph.Row(from, 0);
        var place = new ReadOnlySpan<int>(row, Graph.Width(0)).IndexOf(-1);
        for (var i = Graph.Width(0) - 1; place < 0 && i >= 0; i--)
        {
            place = origins[row[i]] == from ? -1 : i;
        }

        if (place >= 0)
        {
            row[place] = node;
            Walk(from, node, origins, met);
        }
    }

    private void Enter(int node)
    {
        var spinner = default(SpinWait);
        while (Interlocked.CompareExchange(ref _locks.Data[node], (byte)1, (byte)0) != 0)
        {
            spinner.SpinOnce();
        }
    }
}
