using System.Runtime.InteropServices;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Maps each record to its node while a graph is built: its own, or that of a record whose vector is equal or nearly equal.
/// </summary>
internal sealed unsafe class RecordNodes : IDisposable
{
    // Two vectors share a node if their squared distance is at most this fraction of the squared length of one (a cosine of 0.995), and
    // at most this fraction of the largest distance in a sample: if all vectors are similar, nearly equal means nearer.
    private const float NearlyEqual = 0.01f;
    private const float NearlyEqualPart = 1 / 64f;

    // If more vectors than this lie between one and four times that squared distance, the cluster is too loose to share a node.
    private const int CrowdPart = 4;
    private const int LargestCrowd = 32;

    private const int SampledRows = 1024;
    private const int SampledColumns = 8;

    private const int Unknown = -1;

    private readonly VectorSpace _space;
    private readonly int _dimension;
    private readonly SimilarityFunction _similarity;
    private readonly float _nearlyEqual;
    private readonly NativeArray<int> _firsts;
    private readonly NativeArray<int> _nodes;

    /// <param name="space">All vectors.</param>
    /// <param name="dimension">The number of elements of each.</param>
    /// <param name="similarity">The similarity function.</param>
    /// <param name="hashes">The hash of each vector (<see cref="HashOf"/>).</param>
    public RecordNodes(VectorSpace space, int dimension, SimilarityFunction similarity, ReadOnlySpan<ulong> hashes)
    {
        (_space, _dimension, _similarity) = (space, dimension, similarity);
        _firsts = new NativeArray<int>(hashes.Length);
        _nodes = new NativeArray<int>(hashes.Length, fill: 0xff);
        var capacity = IdTable.Capacity(hashes.Length);
        using var table = new NativeArray<int>(capacity);
        for (var record = 0; record < hashes.Length; record++)
        {
            var place = (int)(hashes[record] & (ulong)(capacity - 1));
            var first = record;
            for (; table.Data[place] != 0; place = (place + 1) & (capacity - 1))
            {
                var other = table.Data[place] - 1;
                if (hashes[other] == hashes[record] && Vector(other).SequenceEqual(Vector(record)))
                {
                    first = other;
                    break;
                }
            }

            if (first == record)
            {
                table.Data[place] = record + 1;
            }

            _firsts.Data[record] = first;
        }

        _nearlyEqual = Math.Min(NearlyEqual, NearlyEqualPart * Spread());
    }

    private int Count => (int)_nodes.Length;

    /// <summary>Returns a hash that is equal for equal vectors; zeros of both signs are equal.</summary>
    public static ulong HashOf(ReadOnlySpan<float> vector)
    {
        var hash = 14695981039346656037UL;
        foreach (var bits in MemoryMarshal.Cast<float, uint>(vector))
        {
            hash = (hash ^ (bits == 0x80000000 ? 0 : bits)) * 0xbf58476d1ce4e5b9;
            hash ^= hash >> 29;
        }

        return (hash ^ (hash >> 32)) * 0x94d049bb133111eb;
    }

    /// <summary>Takes the nodes from a graph of the first records.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="groups">The groups of the graph.</param>
    /// <param name="most">The maximum number of records with a node of their own although another record has an equal vector.</param>
    /// <returns>
    /// <see langword="true"/> if the graph can be extended; <see langword="false"/> if an earlier version built it from many copies.
    /// </returns>
    public bool TryContinue(HnswGraph graph, RecordGroups groups, int most)
    {
        var nodes = new Span<int>(_nodes.Data, graph.Count);
        for (var node = 0; node < nodes.Length; node++)
        {
            nodes[node] = nodes[node] == Unknown ? node : nodes[node];
            foreach (var entry in groups.At(node, out _))
            {
                nodes[groups.Record(entry)] = node;
            }
        }

        var copies = 0;
        for (var node = 0; node < nodes.Length; node++)
        {
            copies += nodes[node] == node && nodes[_firsts.Data[node]] != node ? 1 : 0;
        }

        if (copies > most)
        {
            nodes.Fill(Unknown);
        }

        return copies <= most;
    }

    /// <summary>
    /// Returns a value that indicates whether an earlier record has an equal vector; the record is then at the node of that one.
    /// </summary>
    public bool IsCopy(int record) => _firsts.Data[record] != record;

    /// <summary>Returns a value that indicates whether a record is a node of the graph.</summary>
    public bool IsNode(int record) => _nodes.Data[record] == record;

    /// <summary>Makes a record a node of the graph.</summary>
    public void Found(int record) => _nodes.Data[record] = record;

    /// <summary>Adds a record to a node with nearly the same vector, if one was found and few others are only slightly farther.</summary>
    /// <param name="record">The record.</param>
    /// <param name="met">The nearest nodes found, in order.</param>
    public bool TryJoin(int record, ReadOnlySpan<Candidate> met)
    {
        var squares = TensorPrimitives.SumOfSquares(Vector(record));
        var (near, apart, crowd) = (Unknown, _nearlyEqual * squares, 0);
        foreach (var (distance, node) in met)
        {
            var other = Apart(squares, distance, node);
            if (other <= apart)
            {
                (near, apart) = (node, other);
            }
            else if (other <= CrowdPart * _nearlyEqual * squares)
            {
                crowd += other > _nearlyEqual * squares ? 1 : 0;
            }
            else if (_similarity != SimilarityFunction.DotProduct)
            {
                break; // the remaining ones are farther
            }
        }

        if (near == Unknown || crowd > LargestCrowd)
        {
            return false;
        }

        _nodes.Data[record] = near;
        return true;
    }

    /// <summary>Returns the squared Euclidean distance of two vectors.</summary>
    /// <param name="record">The first record.</param>
    /// <param name="other">The second record.</param>
    /// <param name="distance">The distance in the graph.</param>
    public float Apart(int record, int other, float distance) =>
        _similarity == SimilarityFunction.DotProduct
            ? Apart(TensorPrimitives.SumOfSquares(Vector(record)), distance, other)
            : Apart(1, distance, other);

    /// <summary>
    /// Returns the groups of the finished graph, as <see cref="RecordGroups"/> reads them; empty if each record is a node.
    /// </summary>
    /// <param name="compareIds">The comparison of two records' ids.</param>
    public (int[] Starts, int[] Entries) Groups(Comparison<int> compareIds)
    {
        var records = new List<int>();
        for (var record = 0; record < Count; record++)
        {
            if (_nodes.Data[record] == Unknown)
            {
                _nodes.Data[record] = _nodes.Data[_firsts.Data[record]];
            }

            if (!IsNode(record))
            {
                records.Add(record);
            }
        }

        if (records.Count == 0)
        {
            return ([], []);
        }

        records.AddRange(records.Select(NodeOf).Distinct().ToList());
        records.Sort((a, b) => NodeOf(a) != NodeOf(b) ? NodeOf(a).CompareTo(NodeOf(b))
            : _firsts.Data[a] != _firsts.Data[b] ? _firsts.Data[a].CompareTo(_firsts.Data[b])
            : a == b ? 0 : compareIds(a, b));
        var (starts, entries) = (new int[Count + 1], new List<int>(records.Count * 2));
        var next = 0;
        for (var node = 0; node < Count; node++)
        {
            starts[node] = entries.Count;
            if (next < records.Count && NodeOf(records[next]) == node)
            {
                var end = records.FindIndex(next, record => NodeOf(record) != node);
                end = end < 0 ? records.Count : end;
                AddGroup(node, CollectionsMarshal.AsSpan(records)[next..end], entries);
                next = end;
            }
        }

        starts[Count] = entries.Count;
        return (starts, [.. entries]);
    }

    public void Dispose()
    {
        _firsts.Dispose();
        _nodes.Dispose();
    }

    // The largest squared distance in a sample, relative to a squared length.
    private float Spread()
    {
        var largest = 0f;
        for (var column = 0; column < Math.Min(SampledColumns, Count); column++)
        {
            var one = Vector((int)((long)column * Count / Math.Min(SampledColumns, Count)));
            var squares = TensorPrimitives.SumOfSquares(one);
            for (var row = 0; row < Math.Min(SampledRows, Count) && squares > 0; row++)
            {
                var distance = TensorPrimitives.Distance(one, Vector((int)((long)row * Count / Math.Min(SampledRows, Count))));
                largest = Math.Max(largest, distance * distance / squares);
            }
        }

        return largest;
    }

    private float Apart(float squares, float distance, int node) => _similarity switch
    {
        SimilarityFunction.Euclidean => distance,
        SimilarityFunction.Cosine => squares + 1 + (2 * distance),
        _ => squares + TensorPrimitives.SumOfSquares(Vector(node)) + (2 * distance),
    };

    private int NodeOf(int record) => _nodes.Data[record];

    private void AddGroup(int node, ReadOnlySpan<int> records, List<int> entries)
    {
        var place = entries.Count;
        entries.Add(0);
        var radius = 0f;
        for (var i = 0; i < records.Length; i++)
        {
            var isFurther = i > 0 && _firsts.Data[records[i]] == _firsts.Data[records[i - 1]];
            entries.Add(isFurther ? ~records[i] : records[i]);
            radius = isFurther ? radius : Math.Max(radius, TensorPrimitives.Distance(Vector(node), Vector(records[i])));
        }

        // Increased by the rounding error, as farther vectors are skipped.
        radius = radius == 0 ? 0 : (radius * 1.001f) + (1e-6f * TensorPrimitives.Norm(Vector(node)));
        entries[place] = BitConverter.SingleToInt32Bits(radius);
    }

    private ReadOnlySpan<float> Vector(int record) => new(_space.Vector(record), _dimension);
}
