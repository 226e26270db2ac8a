namespace Semblance.Tokenizers.Models;

/// <summary>
/// Represents the merges of a BPE model: a hash table with open addressing from two tokens to the merged token and its rank.
/// </summary>
internal sealed class BpeMerges
{
    private readonly ulong[] _pairs;
    private readonly (int Rank, int Id)[] _merges;

    /// <summary>Initializes a new instance of the <see cref="BpeMerges"/> class.</summary>
    /// <param name="merges">The merges in the order of their ranks; of a pair that occurs twice, the later one counts.</param>
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

    /// <summary>
    /// Returns the rank of the merge of two tokens and the merged token; rank <see cref="int.MaxValue"/> if they are not merged.
    /// </summary>
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
