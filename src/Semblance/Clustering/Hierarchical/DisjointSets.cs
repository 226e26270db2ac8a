namespace Semblance;

/// <summary>Sets that only ever grow together (Tarjan 1975), by halving paths.</summary>
internal sealed class DisjointSets
{
    private readonly int[] _parents;

    /// <param name="count">The number of members, each in a set of its own.</param>
    public DisjointSets(int count)
    {
        _parents = new int[count];
        for (var i = 0; i < count; i++)
        {
            _parents[i] = i;
        }
    }

    /// <summary>The member that stands for the set of another.</summary>
    public int Find(int member)
    {
        while (_parents[member] != member)
        {
            member = _parents[member] = _parents[_parents[member]];
        }

        return member;
    }

    /// <summary>Joins two sets; the lower of the members that stood for them stands for both. False where they are one already.</summary>
    public bool Union(int first, int second)
    {
        (first, second) = (Find(first), Find(second));
        if (first != second)
        {
            _parents[Math.Max(first, second)] = Math.Min(first, second);
        }

        return first != second;
    }
}
