namespace Semblance.Tokenizers.Models;

/// <summary>Which two tokens merge to one, and how soon: a hash table with open addressing.</summary>
internal sealed class BpeMerges
{
    private readonly ulong[] _pairs;
    private readonly (int Rank, int Id)[] _merges;

    /// <summary>The merges, the soonest first; of a pair that comes twice the later counts.</summary>
    public BpeMerges(IReadOnlyCollection<(int Left, int Right, int Id)> merges)
    {
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, merges.Count * 2));
        (_pairs, _merges) = (new ulong[size], new (int, int)[size]);
        var rank = 0;
        foreach (var (left, right, id) in merges)
        {
            var pair = Key(left, right);
            var slot = Slot(pair);
            while (_pairs[slot] != 0 && _pairs[slot] != pair)
            {
                slot = (slot + 1) & (size - 1);
            }

            (_pairs[slot], _merges[slot]) = (pair, (rank++, id));
        }
    }

    /// <summary>The rank of two tokens' merge and the token they become; rank <see cref="int.MaxValue"/> where they don't merge.</summary>
    public (int Rank, int Id) Find(int left, int right)
    {
        var pair = Key(left, right);
        var pairs = _pairs;
        for (var slot = Slot(pair); ; slot = (slot + 1) & (pairs.Length - 1))
        {
            if (pairs[slot] == pair)
            {
                return _merges[slot];
            }

            if (pairs[slot] == 0)
            {
                return (int.MaxValue, -1);
            }
        }
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)(left + 1) << 32) | (uint)right;

    private int Slot(ulong pair) => (int)((pair * 0x9E3779B97F4A7C15) >> 32) & (_pairs.Length - 1);
}
