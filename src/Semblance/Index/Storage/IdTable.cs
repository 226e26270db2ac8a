using System.Buffers.Binary;
using System.Numerics;

namespace Semblance;

/// <summary>Ids to vectors: open addressing over a table of numbers, one more than the vector's, that is used as it lies in the file.</summary>
internal static unsafe class IdTable
{
    /// <summary>The size of the table for so many vectors: at most half full.</summary>
    public static int Capacity(int count) => (int)Math.Min(1u << 31 >> 1, BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 2L * count)));

    /// <summary>The place in the table where an id's search begins.</summary>
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
