using System.Numerics;
using System.Runtime.CompilerServices;

namespace Semblance.Tokenizers;

/// <summary>
/// Represents a set of strings with a value each, which is searched one UTF-16 unit at a time. The edges are in one open-addressing hash
/// table, each in one 64-bit word: the source node (24 bits), the unit (16), the target node (24).
/// </summary>
internal sealed class Trie
{
    /// <summary>The exclusive upper limit of ids and nodes.</summary>
    public const int Limit = 1 << 24;

    private ulong[] _edges;
    private int[] _values;
    private int _nodes = 1;

    /// <summary>Initializes a new instance of the <see cref="Trie"/> class.</summary>
    /// <param name="capacity">The number of strings, each of which is expected to end at a node of its own; 0 if it is not known.</param>
    public Trie(int capacity = 0)
    {
        var nodes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(capacity + 1, 512, Limit));
        _edges = new ulong[2 * nodes];
        _values = new int[nodes];
        _values.AsSpan().Fill(-1);
    }

    /// <summary>Gets the number of strings.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a string, or replaces its value. Returns <see langword="false"/> if the trie is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // one vocabulary is loaded before tiered compilation would optimize this
    public bool Add(ReadOnlySpan<char> key, int value)
    {
        var node = 0;
        foreach (var unit in key)
        {
            var next = Next(node, unit);
            if (next < 0)
            {
                if (_nodes == Limit)
                {
                    return false;
                }

                next = NewNode();
                Insert(((ulong)node << 40) | ((ulong)unit << 24) | (uint)next);
            }

            node = next;
        }

        Count += _values[node] < 0 ? 1 : 0;
        _values[node] = value;
        return true;
    }

    /// <summary>Returns the node that follows <paramref name="node"/> (0 is the root) along a unit, or -1.</summary>
    public int Next(int node, char unit)
    {
        var edges = _edges;
        var key = ((ulong)node << 16) | unit;
        for (var slot = Slot(key, edges.Length); ; slot = (slot + 1) & (edges.Length - 1))
        {
            var edge = edges[slot];
            if (edge >> 24 == key && edge != 0)
            {
                return (int)(edge & (Limit - 1));
            }

            if (edge == 0)
            {
                return -1;
            }
        }
    }

    /// <summary>Returns the value of the string that ends at a node, or -1.</summary>
    public int ValueAt(int node) => _values[node];

    /// <summary>Returns the node at which a string ends, or -1.</summary>
    public int Find(ReadOnlySpan<char> key)
    {
        var node = 0;
        foreach (var unit in key)
        {
            node = Next(node, unit);
            if (node < 0)
            {
                break;
            }
        }

        return node;
    }

    /// <summary>
    /// Returns the value of the longest string that <paramref name="text"/> begins with, starting at <paramref name="node"/>; -1 for none.
    /// </summary>
    public int LongestPrefix(ReadOnlySpan<char> text, int node, out int length)
    {
        var value = -1;
        length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            node = Next(node, text[i]);
            if (node < 0)
            {
                break;
            }

            if (_values[node] >= 0)
            {
                (value, length) = (_values[node], i + 1);
            }
        }

        return value;
    }

    private static int Slot(ulong key, int size) => (int)((key * 0x9E3779B97F4A7C15) >> 32) & (size - 1);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int NewNode()
    {
        if (_nodes == _values.Length)
        {
            Array.Resize(ref _values, _nodes * 2);
            _values.AsSpan(_nodes).Fill(-1);
        }

        if (_nodes * 2 >= _edges.Length)
        {
            var old = _edges;
            _edges = new ulong[old.Length * 2];
            foreach (var edge in old)
            {
                if (edge != 0)
                {
                    Insert(edge);
                }
            }
        }

        return _nodes++;
    }

    private void Insert(ulong edge)
    {
        var slot = Slot(edge >> 24, _edges.Length);
        while (_edges[slot] != 0)
        {
            slot = (slot + 1) & (_edges.Length - 1);
        }

        _edges[slot] = edge;
    }
}
