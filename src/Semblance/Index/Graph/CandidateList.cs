namespace Semblance;

/// <summary>Represents the nearest vectors found during a search, in order, and which of them were expanded.</summary>
/// <remarks>
/// A sorted array is faster than two heaps here: most vectors are not candidates, and moving a few hundred bytes is cheap.
/// </remarks>
internal sealed class CandidateList
{
    private Candidate[] _items = new Candidate[64];
    private int _next;

    /// <summary>Gets the maximum number of candidates.</summary>
    public int Capacity { get; private set; }

    public int Count { get; private set; }

    /// <summary>Gets the distance below which a vector becomes a candidate.</summary>
    public float Bound { get; private set; }

    public ReadOnlySpan<Candidate> Items => _items.AsSpan(0, Count);

    public void Clear(int capacity)
    {
        if (_items.Length < capacity)
        {
            _items = new Candidate[capacity];
        }

        Capacity = capacity;
        _next = Count = 0;
        Bound = float.PositiveInfinity;
    }

    /// <summary>Adds a vector that is nearer than <see cref="Bound"/>.</summary>
    /// <returns><see langword="true"/> if the vector is the next one to expand; otherwise, <see langword="false"/>.</returns>
    public bool Add(float distance, int node)
    {
        var items = _items;
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (items[middle].Distance <= distance)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        var moved = Count - low - (Count == Capacity ? 1 : 0);
        items.AsSpan(low, moved).CopyTo(items.AsSpan(low + 1));
        items[low] = new Candidate(distance, node);
        Count += Count < Capacity ? 1 : 0;
        Bound = Count == Capacity ? items[Count - 1].Distance : float.PositiveInfinity;
        if (low <= _next)
        {
            _next = low;
            return true;
        }

        return false;
    }

    /// <summary>Returns the nearest candidate that was not expanded, and marks it as expanded.</summary>
    public bool TryNext(out int node)
    {
        for (; _next < Count; _next++)
        {
            node = _items[_next].Node;
            if (node >= 0)
            {
                _items[_next] = _items[_next] with { Node = ~node };
                return true;
            }
        }

        node = -1;
        return false;
    }

    /// <summary>
    /// Returns the candidate that follows the result of <see cref="TryNext"/> unless a nearer one is found, or −1; used to prefetch.
    /// </summary>
    public int Following()
    {
        for (var i = _next + 1; i < Count; i++)
        {
            if (_items[i].Node >= 0)
            {
                return _items[i].Node;
            }
        }

        return -1;
    }

    /// <summary>Removes all marks and returns the result.</summary>
    public ReadOnlySpan<Candidate> Unmarked()
    {
        foreach (ref var item in _items.AsSpan(0, Count))
        {
            item = item.Node < 0 ? item with { Node = ~item.Node } : item;
        }

        return Items;
    }
}
