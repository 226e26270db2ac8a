using System.Runtime.CompilerServices;

namespace Semblance;

/// <summary>
/// A hierarchical navigable small world (Malkov and Yashunin 2016, arXiv:1603.09320): the neighbours of each vector, layer by layer. A row of links ends with −1,
/// unless it is full.
/// </summary>
/// <param name="path">The file that it is in, for messages.</param>
/// <param name="count">The number of vectors.</param>
/// <param name="m">The number of neighbours on an upper layer; on the lowest there are twice as many.</param>
/// <param name="links"><c>[count × 2m]</c>.</param>
/// <param name="upperStarts"><c>[count + 1]</c>: the row of each vector's lowest upper layer; the others follow.</param>
/// <param name="upperLinks"><c>[upperRows × m]</c>.</param>
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

    /// <summary>Where a search begins, on layer <see cref="EntryLevel"/>; −1 where there is nothing.</summary>
    public int Entry
    {
        get => Volatile.Read(ref _entry);
        set => Volatile.Write(ref _entry, value);
    }

    public int EntryLevel { get; set; } = -1;

    /// <summary>The highest layer that a vector is on.</summary>
    public int Level(int node) => upperStarts[node + 1] - upperStarts[node];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Width(int level) => level == 0 ? 2 * m : m;

    /// <summary>The neighbours of a vector on a layer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* Row(int node, int level) => level == 0 ? links + ((nint)node * 2 * m) : UpperRow(node, level);

    /// <summary>Whether a link leads to a vector; otherwise the row ends there.</summary>
    /// <exception cref="IndexFormatException">It leads nowhere.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLink(int link) => (uint)link < (uint)count || (link == -1 ? false : throw Damaged());

    /// <summary>What proves that the stored form of a node's vector is damaged: it compares as no sound one does.</summary>
    public IndexFormatException DamagedVector(int node) =>
        new(path, $"the stored vector {node} compares as no sound vector does: the file is damaged; `semblance index verify` says which part, and the index must be built again or restored.");

    private int* UpperRow(int node, int level)
    {
        var row = upperStarts[node] + level - 1L;
        return row >= 0 && row < upperRows ? upperLinks + ((nint)row * m) : throw Damaged();
    }

    private IndexFormatException Damaged() =>
        new(path, "a link leads to no vector: the file is damaged; `semblance index verify` says where, and the index must be built again or restored.");
}
