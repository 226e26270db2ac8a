using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Semblance;

/// <summary>
/// Searches the graph: greedily down the upper layers, then with many candidates on one layer (algorithms 2 and 5 of the paper).
/// </summary>
internal static unsafe class HnswSearch
{
    // The number of vectors that are prefetched while one is compared.
    private const int Ahead = 3;

    /// <summary>Returns the candidates nearest to a query on the lowest layer, in <see cref="HnswScratch.Candidates"/>.</summary>
    public static ReadOnlySpan<Candidate> Nearest(HnswGraph graph, in VectorSpace space, byte* query, int ef, HnswScratch scratch)
    {
        scratch.Candidates.Clear(ef);
        if (graph.Entry < 0)
        {
            return [];
        }

        var (node, distance) = (graph.Entry, space.Distance(query, graph.Entry));
        for (var level = graph.EntryLevel; level > 0; level--)
        {
            (node, distance) = Descend(graph, space, query, node, distance, level);
        }

        scratch.Forget();
        Layer(graph, space, query, node, distance, 0, ef, scratch);
        return scratch.Candidates.Unmarked();
    }

    /// <summary>Moves to the nearest neighbor until none is nearer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (int Node, float Distance) Descend(
        HnswGraph graph, in VectorSpace space, byte* query, int node, float distance, int level)
    {
        for (var from = -1; from != node;)
        {
            from = node;
            var row = graph.Row(from, level);
            for (var i = 0; i < graph.M && graph.IsLink(row[i]); i++)
            {
                var met = space.Distance(query, row[i]);
                if (met < distance)
                {
                    (node, distance) = (row[i], met);
                }
            }
        }

        return (node, distance);
    }

    /// <summary>Fills the candidates with the nearest reachable vectors of a layer. Call <see cref="HnswScratch.Forget"/> first.</summary>
    /// <exception cref="IndexFormatException">A link is out of range, or a vector gives an impossible distance.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Layer(
        HnswGraph graph, in VectorSpace space, byte* query, int start, float distance, int level, int ef, HnswScratch scratch)
    {
        var candidates = scratch.Candidates;
        candidates.Clear(ef);
        var limit = scratch.Limit;
        if (!(MathF.Abs(distance) <= limit))
        {
            throw graph.DamagedVector(start);
        }

        candidates.Add(distance, start);
        var stamps = scratch.Stamps;
        var fresh = scratch.Fresh;
        var (epoch, width) = (scratch.Epoch, graph.Width(level));
        stamps[start] = epoch;
        while (candidates.TryNext(out var node))
        {
            var row = graph.Row(node, level);
            if (candidates.Following() is >= 0 and var following)
            {
                Prefetch(graph.Row(following, level));
            }

            var count = 0;
            for (var i = 0; i < width; i++)
            {
                var link = row[i];
                if (!graph.IsLink(link))
                {
                    break;
                }

                // Without a branch, which would be mispredicted half of the time.
                fresh[count] = link;
                count += stamps[link] == epoch ? 0 : 1;
                stamps[link] = epoch;
            }

            for (var i = 0; i < Math.Min(Ahead, count); i++)
            {
                space.Prefetch(fresh[i]);
            }

            for (var i = 0; i < count; i++)
            {
                if (i + Ahead < count)
                {
                    space.Prefetch(fresh[i + Ahead]);
                }

                var met = space.Distance(query, fresh[i]);
                if (!(MathF.Abs(met) <= limit))
                {
                    throw graph.DamagedVector(fresh[i]);
                }

                if (met < candidates.Bound && candidates.Add(met, fresh[i]))
                {
                    Prefetch(graph.Row(fresh[i], level));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(int* row)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(row);
            Sse.Prefetch0(row + 16);
        }
    }
}
