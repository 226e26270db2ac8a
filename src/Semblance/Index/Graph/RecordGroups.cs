using System.Runtime.CompilerServices;

namespace Semblance;

/// <summary>
/// Represents the records that share a node of the graph because their vectors are equal or nearly equal: if each copy were a node, the
/// copies would be linked only to each other. The group of a node is the radius within which its records lie (the bits of a float32), then
/// the records. Records with equal vectors are adjacent, in the order of their ids, and all but the first of them are stored as bitwise
/// complements. A node with one record has no group.
/// </summary>
/// <param name="path">The path of the file, for messages.</param>
/// <param name="count">The number of records.</param>
/// <param name="starts">The offset of each node's group in the entries <c>[count + 1]</c>; null if no node has a group.</param>
/// <param name="entries">The groups.</param>
/// <param name="length">The number of entries.</param>
internal sealed unsafe class RecordGroups(string path, int count, int* starts, int* entries, int length)
{
    /// <summary>Returns the groups of a graph whose nodes have one record each.</summary>
    public static RecordGroups None(string path, int count) => new(path, count, null, null, 0);

    /// <summary>Returns the number of records that share the node of another record.</summary>
    public int Shared()
    {
        var shared = 0;
        for (var node = 0; node < count && starts is not null; node++)
        {
            shared += Math.Max(0, At(node, out _).Length - 1);
        }

        return shared;
    }

    /// <summary>Returns the records of a node; an empty span if the node has only its own record.</summary>
    /// <param name="node">The node.</param>
    /// <param name="radius">The largest Euclidean distance of a record's vector from the vector of the node.</param>
    /// <exception cref="IndexFormatException">The group lies outside of the file.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> At(int node, out float radius)
    {
        radius = 0;
        return starts is null || starts[node] == starts[node + 1] ? [] : Group(starts[node], starts[node + 1], out radius);
    }

    /// <summary>Returns the record of an entry.</summary>
    /// <exception cref="IndexFormatException">The record is out of range.</exception>
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
        new(
            path,
            "a group of records is invalid: the file is damaged; `semblance index verify` says where, and the index must be built again " +
            "or restored.");
}
