using System.Runtime.CompilerServices;

namespace Semblance;

/// <summary>
/// Represents a hierarchical navigable small world graph (Malkov and Yashunin 2016, arXiv:1603.09320): the neighbors of each vector, layer
/// by layer. A row of links ends with −1 unless it is full.
/// </summary>
/// <param name="path">The path of the file, for messages.</param>
/// <param name="count">The number of vectors.</param>
/// <param name="m">The maximum number of neighbors on an upper layer; twice as many on the lowest layer.</param>
/// <param name="links">The links on the lowest layer <c>[count × 2m]</c>.</param>
/// <param name="upperStarts">The first row of each vector on the upper layers <c>[count + 1]</c>; its other rows follow.</param>
/// <param name="upperLinks">The links on the upper layers <c>[upperRows × m]</c>.</param>
/// <param name="upperRows">The number of rows on the upper layers.</param>
internal sealed unsafe class HnswGraph(string path, int count, int m, int* links, int* upperStarts, int* upperLinks, int upperRows)
{
    private int _entry = -1;

    public int Count => count;

    public int M => m;

    public int* Links => links;

    public int* UpperStarts => upperStarts;

    public int* UpperLinks => upperLinks;

    public int UpperRows => upperRows;

    /// <summary>Gets or sets the entry point of searches, on layer <see cref="EntryLevel"/>; −1 if the graph is empty.</summary>
    public int Entry
    {
        get => Volatile.Read(ref _entry);
        set => Volatile.Write(ref _entry, value);
    }

    public int EntryLevel { get; set; } = -1;

    /// <summary>Returns the highest layer of a vector.</summary>
    public int Level(int node) => upperStarts[node + 1] - upperStarts[node];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Width(int level) => level == 0 ? 2 * m : m;

    /// <summary>Returns the neighbors of a vector on a layer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* Row(int node, int level) => level == 0 ? links + ((nint)node * 2 * m) : UpperRow(node, level);

    /// <summary>Returns a value that indicates whether a link leads to a vector; otherwise the row ends there.</summary>
    /// <exception cref="IndexFormatException">The link is out of range.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLink(int link) => (uint)link < (uint)count || (link == -1 ? false : throw Damaged());

    /// <summary>
    /// Creates the exception for a node whose stored vector gives an impossible distance, which proves that it is damaged.
    /// </summary>
    public IndexFormatException DamagedVector(int node) =>
        new(
            path,
            $"the stored vector {node} gives an impossible distance: the file is damaged; `semblance index verify` says which part, and " +
            "the index must be built again or restored.");

    private int* UpperRow(int node, int level)
    {
        var row = upperStarts[node] + level - 1L;
        return row >= 0 && row < upperRows ? upperLinks + ((nint)row * m) : throw Damaged();
    }

    private IndexFormatException Damaged() =>
        new(
            path,
            "a link leads to no vector: the file is damaged; `semblance index verify` says where, and the index must be built again or " +
            "restored.");
}
