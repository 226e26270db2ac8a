using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Semblance.Tensors;

/// <summary>Counts the bits in which rows of bytes differ from a query.</summary>
public static unsafe class HammingDistance
{
    /// <summary>Returns the bytes as 64-bit words, the last padded with zeros.</summary>
    public static ulong[] Words(ReadOnlySpan<byte> row)
    {
        var words = new ulong[(row.Length + 7) / 8];
        row.CopyTo(MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }

    /// <summary>Finds the first row that differs in at most <paramref name="limit"/> bits.</summary>
    /// <param name="rows">The rows, one after another.</param>
    /// <param name="bytes">The length of a row.</param>
    /// <param name="row">The row to begin with, from 0.</param>
    /// <param name="query">The <see cref="Words"/> of the query.</param>
    /// <param name="limit">The largest number of bits.</param>
    /// <param name="distance">The number of bits in which the returned row differs.</param>
    /// <returns>The row, or the number of rows if there is none.</returns>
    /// <exception cref="ArgumentException">The query has another length than a row.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Next(ReadOnlySpan<byte> rows, int bytes, int row, ReadOnlySpan<ulong> query, int limit, out int distance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        if (query.Length != (bytes + 7) / 8)
        {
            throw new ArgumentException($"A query of {query.Length} words does not fit rows of {bytes} bytes.", nameof(query));
        }

        var end = rows.Length / bytes;
        fixed (byte* start = rows)
        fixed (ulong* words = query)
        {
            nint whole = bytes / 8;
            var at = start + ((nint)row * bytes);
            for (; row < end; row++, at += bytes)
            {
                // Six words at once: 384 elements are six words, 768 are twelve.
                ulong* from = (ulong*)at;
                var differing = 0;
                nint word = 0;
                for (; word <= whole - 6; word += 6)
                {
                    differing += BitOperations.PopCount(from[word] ^ words[word]) + BitOperations.PopCount(from[word + 1] ^ words[word + 1])
                        + (BitOperations.PopCount(from[word + 2] ^ words[word + 2])
                            + BitOperations.PopCount(from[word + 3] ^ words[word + 3]))
                        + (BitOperations.PopCount(from[word + 4] ^ words[word + 4])
                            + BitOperations.PopCount(from[word + 5] ^ words[word + 5]));
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
