using System.Buffers.Binary;
using System.Text;

namespace Semblance.Checkpoints;

/// <summary>
/// Reads the positions of the entries of a zip archive, so that they can be read in place. Only uncompressed entries are supported, as
/// PyTorch writes them, so nothing is inflated.
/// </summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;
    private const int LocatorLength = 20;
    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const int MaxEntries = 1_000_000;

    /// <summary>Returns the byte range of each entry.</summary>
    /// <exception cref="CheckpointFormatException">The archive is damaged, or an entry is compressed or encrypted.</exception>
    public static Dictionary<string, (long Offset, long Length)> Read(MappedFile file)
    {
        var (count, position) = FindDirectory(file);
        var entries = new Dictionary<string, (long, long)>();
        for (var i = 0L; i < count; i++)
        {
            var entry = Record(file, position, EntryLength, 0x02014b50, "directory entry");
            var nameLength = UInt16(entry, 28);
            var extraLength = UInt16(entry, 30);
            var name = Encoding.UTF8.GetString(file.Bytes(position + EntryLength, nameLength));
            if (UInt16(entry, 10) != 0 || (UInt16(entry, 8) & 1) != 0)
            {
                throw Fault(
                    file,
                    $"the entry '{name}' is compressed or encrypted, but PyTorch stores tensors uncompressed; save the file again with "
                    + "torch.save or as safetensors.");
            }

            var (size, offset) = Range(file, entry, position + EntryLength + nameLength, extraLength, name);
            if (!entries.TryAdd(name, (DataStart(file, name, offset, size), size)))
            {
                throw Fault(file, $"the archive has two entries '{name}'.");
            }

            position += EntryLength + nameLength + extraLength + UInt16(entry, 32);
        }

        return entries;
    }

    private static (long Count, long Offset) FindDirectory(MappedFile file)
    {
        var tailLength = (int)Math.Min(file.Length, EndLength + ushort.MaxValue);
        var tailStart = file.Length - tailLength;
        var index = file.Bytes(tailStart, tailLength).LastIndexOf("PK\x05\x06"u8);
        if (index < 0 || index > tailLength - EndLength)
        {
            throw Fault(file, "the archive has no directory at its end; the file is damaged or truncated.");
        }

        var end = file.Bytes(tailStart + index, EndLength);
        var (count, offset) = ((long)UInt16(end, 10), (long)UInt32(end, 16));
        var locator = tailStart + index - LocatorLength;
        if (locator >= 0 && file.Bytes(locator, LocatorLength).StartsWith("PK\x06\x07"u8))
        {
            var start = Int64(file, file.Bytes(locator, LocatorLength), 8);
            var large = Record(file, start, 56, 0x06064b50, "end of a large archive's directory");
            (count, offset) = (Int64(file, large, 32), Int64(file, large, 48));
        }

        return count <= MaxEntries
            ? (count, offset)
            : throw Fault(file, $"the archive has {count} entries; at most {MaxEntries} are supported.");
    }

    private static (long Size, long Offset) Range(MappedFile file, ReadOnlySpan<byte> entry, long extraStart, int extraLength, string name)
    {
        long stored = UInt32(entry, 20), size = UInt32(entry, 24), offset = UInt32(entry, 42);
        var extra = file.Bytes(extraStart, extraLength);
        while (extra.Length >= 4)
        {
            var (id, length) = (UInt16(extra, 0), UInt16(extra, 2));
            var field = extra[4..][..Math.Min(length, extra.Length - 4)];
            if (id == 1) // values of more than 32 bits
            {
                size = Widen(ref field, size);
                stored = Widen(ref field, stored);
                offset = Widen(ref field, offset);
            }

            extra = extra[(4 + Math.Min(length, extra.Length - 4))..];
        }

        return stored == size
            ? (size, offset)
            : throw Fault(file, $"the entry '{name}' is uncompressed, but its sizes differ: {size} bytes in {stored}.");

        long Widen(ref ReadOnlySpan<byte> field, long value)
        {
            if (value != uint.MaxValue || field.Length < sizeof(long))
            {
                return value;
            }

            value = Int64(file, field, 0);
            field = field[sizeof(long)..];
            return value;
        }
    }

    private static long DataStart(MappedFile file, string name, long offset, long size)
    {
        var local = Record(file, offset, LocalLength, 0x04034b50, $"header of '{name}'");
        var start = offset + LocalLength + UInt16(local, 26) + UInt16(local, 28);
        return start <= file.Length && size <= file.Length - start
            ? start
            : throw Fault(file, $"the entry '{name}' ends after the file; the file is damaged or truncated.");
    }

    private static ReadOnlySpan<byte> Record(MappedFile file, long offset, int length, uint signature, string what)
    {
        if (offset > file.Length - length || offset < 0 || UInt32(file.Bytes(offset, length), 0) != signature)
        {
            throw Fault(file, $"the archive has no {what} at byte {offset}; the file is damaged or truncated.");
        }

        return file.Bytes(offset, length);
    }

    private static ushort UInt16(ReadOnlySpan<byte> record, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(record[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> record, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(record[offset..]);

    private static long Int64(MappedFile file, ReadOnlySpan<byte> record, int offset)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(record[offset..]);
        return value >= 0 ? value : throw Fault(file, "the archive has an impossibly large size or offset; it is damaged.");
    }

    private static CheckpointFormatException Fault(MappedFile file, string problem) => new(file.Path, problem);
}
