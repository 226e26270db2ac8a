using System.Buffers.Binary;
using System.Numerics;

namespace Semblance;

/// <summary>
/// Maps ids to vectors: a hash table with open addressing, used directly from the file. An entry is the number of the vector plus one.
/// </summary>
internal static unsafe class IdTable
{
    /// <summary>Returns the capacity of the table for a number of vectors: at most half full.</summary>
    public static int Capacity(int count) => (int)Math.Min(1u << 31 >> 1, BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 2L * count)));

    /// <summary>Returns the slot of the table where the search for an id begins.</summary>
    public static int Start(ReadOnlySpan<byte> id, int capacity)
    {
        var hash = 14695981039346656037UL;
        for (; id.Length >= sizeof(ulong); id = id[sizeof(ulong)..])
        {
            hash = Mixed(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(id));
        }

        foreach (var value in id)
        {
            hash = (hash ^ value) * 1099511628211UL;
        }

        return (int)(Mixed(hash) & (ulong)(capacity - 1));
    }

    // The finalizer of SplitMix64.
    private static ulong Mixed(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
