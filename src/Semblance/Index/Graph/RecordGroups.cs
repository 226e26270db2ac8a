using System.Runtime.CompilerServices;

namespace Semblance;

/// <summary>
/// The records that share a node of the graph because their vectors are equal or nearly equal: such copies, linked to each other one by one, would leave no links
/// to anything else. A node's group is the radius within which its records lie (the bits of a float32), then the records; those with equal vectors follow each other in the order of
/// their ids, and all but the first of them are complemented. A node with one record has no group.
/// </summary>
/// <param name="path">The file that they are in, for messages.</param>
/// <param name="count">The number of records.</param>
/// <param name="starts"><c>[count + 1]</c>: where each node's group starts among the entries; null where no node has a group.</param>
/// <param name="entries">The groups.</param>
/// <param name="length">The number of entries.</param>
internal sealed unsafe class RecordGroups(string path, int count, int* starts, int* entries, int length)
{
    /// <summary>The groups of a graph whose nodes have one record each.</summary>
    public static RecordGroups None(string path, int count) => new(path, count, null, null, 0);

    /// <summary>The number of records that share the node of another one.</summary>
    public int Shared()
    {
        var shared = 0;
        for (var node = 0; node < count && starts is not null; node++)
        {
            shared += Math.Max(0, At(node, out _).Length - 1);
        }

        return shared;
    }

    /// <summary>The records of a node; none where the node stands for itself alone.</summary>
    /// <param name="node">The node.</param>
    /// <param name="radius">The largest Euclidean distance of a record's vector from the node's.</param>
    /// <exception cref="IndexFormatException">The group lies outside of the file.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> At(int node, out float radius)
    {
        radius = 0;
        return starts is null || starts[node] == starts[node + 1] ? [] : Group(starts[node], starts[node + 1], out radius);
    }

    /// <summary>The record that an entry stands for.</summary>
    /// <exception cref="IndexFormatException">There is no such record.</exception>
    public int Record(int entry)
    {
        var record = entry < 0 ? ~entry : entry;
        return record < count ? record : throw Damaged();
    }

    private ReadOnlySpan<int> Group(int start, int end, out float radius)
    {
        if (start < 0 || start > end || end > length)
        {
            throw Damaged();
        }

        radius = BitConverter.Int32BitsToSingle(entries[start]);
        return radius >= 0 && float.IsFinite(radius) ? new ReadOnlySpan<int>(entries + start + 1, end - start - 1) : throw Damaged();
    }

    private IndexFormatException Damaged() =>
        new(path, "a group of records is not as it was written: the file is damaged; `semblance index verify` says where, and the index must be built again or restored.");
}
