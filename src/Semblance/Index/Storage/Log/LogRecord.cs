using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Semblance;

/// <summary>
/// Encodes a change for the log: 1, the number of vectors, and for each its elements, the length of its record and its record; or 2, the
/// number of ids, and for each its length and bytes.
/// </summary>
internal static class LogRecord
{
    private const byte UpsertKind = 1;
    private const byte DeleteKind = 2;

    public static byte[] Upsert(IReadOnlyList<TailEntry> entries)
    {
        var length = 5L + entries.Sum(entry => ((long)entry.Vector.Length * sizeof(float)) + sizeof(int) + entry.Record.Length);
        var bytes = new byte[Checked(length)];
        bytes[0] = UpsertKind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), entries.Count);
        var rest = bytes.AsSpan(5);
        foreach (var entry in entries)
        {
            var vector = MemoryMarshal.AsBytes(entry.Vector.Span);
            vector.CopyTo(rest);
            BinaryPrimitives.WriteInt32LittleEndian(rest[vector.Length..], entry.Record.Length);
            entry.Record.CopyTo(rest[(vector.Length + sizeof(int))..]);
            rest = rest[(vector.Length + sizeof(int) + entry.Record.Length)..];
        }

        return bytes;
    }

    public static byte[] Delete(IReadOnlyList<byte[]> ids)
    {
        var bytes = new byte[Checked(5L + ids.Sum(id => (long)sizeof(int) + id.Length))];
        bytes[0] = DeleteKind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), ids.Count);
        var rest = bytes.AsSpan(5);
        foreach (var id in ids)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest, id.Length);
            id.CopyTo(rest[sizeof(int)..]);
            rest = rest[(sizeof(int) + id.Length)..];
        }

        return bytes;
    }

    /// <summary>Applies a change to a state.</summary>
    /// <exception cref="IndexFormatException">The bytes are not a valid change.</exception>
    public static void Apply(ReadOnlySpan<byte> record, int dimension, string path, IndexState state)
    {
        try
        {
            var count = BinaryPrimitives.ReadInt32LittleEndian(record[1..]);
            var rest = record[5..];
            for (; count > 0; count--)
            {
                switch (record[0])
                {
                    case UpsertKind:
                        var vector = MemoryMarshal.Cast<byte, float>(rest[..(dimension * sizeof(float))]);
                        state.Upsert(new TailEntry(vector, Take(ref rest, dimension * sizeof(float))));
                        break;
                    case DeleteKind:
                        state.Delete(Take(ref rest, 0));
                        break;
                    default:
                        throw new IndexFormatException(path, $"a record of kind {record[0]} is not known; use a newer version.");
                }
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new IndexFormatException(
                path, $"a record does not fit vectors of {dimension} elements; restore the index, or build it again.", e);
        }
    }

    // A block of the given length, which is stored before it.
    private static byte[] Take(ref ReadOnlySpan<byte> rest, int skip)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest[skip..]);
        var taken = rest.Slice(skip + sizeof(int), length).ToArray();
        rest = rest[(skip + sizeof(int) + length)..];
        return taken;
    }

    private static int Checked(long length) => length <= WriteAheadLog.LargestRecord
        ? (int)length
        : throw new ArgumentException(
            $"{length:N0} bytes are too many for one change; write at most {WriteAheadLog.LargestRecord >> 20} MiB.");
}
