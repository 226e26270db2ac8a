namespace Semblance;

/// <summary>Represents disjoint sets with union and find (Tarjan 1975), by path halving.</summary>
internal sealed class DisjointSets
{
    private readonly int[] _parents;

    /// <param name="count">The number of members, each initially in a set of its own.</param>
    public DisjointSets(int count)
    {
        _parents = new int[count];
        for (var i = 0; i < count; i++)
        {
            _parents[i] = i;
        }
    }

    /// <summary>Returns the representative of the set of a member.</summary>
    public int Find(int member)
    {
        while (_parents[member] != member)
        {
            member = _parents[member] = _parents[_parents[member]];
        }

        return member;
    }

    /// <summary>
    /// Joins two sets, represented by the lower of their representatives, and returns false if they are the same set already.
    /// </summary>
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
