using System.Runtime.CompilerServices;

namespace Semblance.Tokenizers;

/// <summary>
/// A set of strings with a value each, walked one UTF-16 unit at a time. The edges lie in one open-addressed hash table,
/// each in one 64-bit word: the node it leaves (24 bits), the unit (16), the node it reaches (24).
/// </summary>
internal sealed class Trie
{
    /// <summary>Ids and nodes must stay below this.</summary>
    public const int Limit = 1 << 24;

    private ulong[] _edges = new ulong[1024];
    private int[] _values = new int[256];
    private int _nodes = 1;

    public Trie() => _values.AsSpan().Fill(-1);

    /// <summary>The number of strings.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a string; one that is there already gets the new value. False if the trie is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // whoever loads one vocabulary would be done before this is compiled for good
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

    /// <summary>The node behind <paramref name="node"/> (0 is the root) along a unit, or -1.</summary>
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

    /// <summary>The value of the string that ends at a node, or -1.</summary>
    public int ValueAt(int node) => _values[node];

    /// <summary>The node where a string ends, or -1.</summary>
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
    /// The value of the longest string that <paramref name="text"/> begins with, from <paramref name="node"/> on; -1 for none.
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
