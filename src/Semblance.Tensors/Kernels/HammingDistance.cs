using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Semblance.Tensors.Kernels;

/// <summary>The number of bits in which rows of bytes differ from one.</summary>
internal static unsafe class HammingDistance
{
    /// <summary>The bytes as 64-bit words, the last filled up with zeros.</summary>
    public static ulong[] Words(ReadOnlySpan<byte> row)
    {
        var words = new ulong[(row.Length + 7) / 8];
        row.CopyTo(MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }

    /// <summary>The first row from <paramref name="row"/> on that differs in at most <paramref name="limit"/> bits, or <paramref name="end"/>.</summary>
    /// <param name="rows">Row 0.</param>
    /// <param name="bytes">The length of a row.</param>
    /// <param name="row">Where to begin.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="query">The <see cref="Words"/> of what they are compared with.</param>
    /// <param name="limit">The most bits.</param>
    /// <param name="distance">In how many bits the row found differs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Next(byte* rows, int bytes, int row, int end, ReadOnlySpan<ulong> query, int limit, out int distance)
    {
        fixed (ulong* words = query)
        {
            nint whole = bytes / 8;
            var at = rows + ((nint)row * bytes);
            for (; row < end; row++, at += bytes)
            {
                // Six words at once: 384 elements are six, 768 twelve.
                ulong* from = (ulong*)at;
                var differing = 0;
                nint word = 0;
                for (; word <= whole - 6; word += 6)
                {
                    differing += BitOperations.PopCount(from[word] ^ words[word]) + BitOperations.PopCount(from[word + 1] ^ words[word + 1])
                        + (BitOperations.PopCount(from[word + 2] ^ words[word + 2]) + BitOperations.PopCount(from[word + 3] ^ words[word + 3]))
                        + (BitOperations.PopCount(from[word + 4] ^ words[word + 4]) + BitOperations.PopCount(from[word + 5] ^ words[word + 5]));
                }

                for (; word < whole; word++)
                {
                    differing += BitOperations.PopCount(from[word] ^ words[word]);
                }

                for (var i = 8 * whole; i < bytes; i++)
                {
                    differing += BitOperations.PopCount((uint)(at[i] ^ ((byte*)words)[i]));
                }

                if (differing <= limit)
                {
                    distance = differing;
                    return row;
                }
            }

            distance = 0;
            return end;
        }
    }
}
