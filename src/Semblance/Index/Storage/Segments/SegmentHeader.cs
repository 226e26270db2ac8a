using System.Buffers.Binary;

namespace Semblance;

/// <summary>
/// Represents the first 4,096 bytes of a segment: the counts, the offset and checksum of each section, and a checksum of the header.
/// </summary>
internal sealed record SegmentHeader
{
    public const int Length = 4096;

    /// <summary>
    /// The format version that is written. Version 1, which can still be read, has a node for each record and does not store the length of
    /// the longest vector.
    /// </summary>
    public const int CurrentVersion = 2;

    private const int LargestDimension = 1 << 24;
    private static readonly byte[] Magic = "SMBLSEG1"u8.ToArray();

    public int Version { get; init; } = CurrentVersion;

    public required int Dimension { get; init; }

    public required SimilarityFunction Similarity { get; init; }

    public required Precision Precision { get; init; }

    public required int M { get; init; }

    public int Count { get; init; }

    public int Entry { get; init; } = -1;

    public int EntryLevel { get; init; } = -1;

    public int UpperBlocks { get; init; }

    /// <summary>Gets the length of the longest vector; in version 1, an upper bound.</summary>
    public float LongestVector { get; init; }

    public (long Offset, long Length, uint Checksum)[] Sections { get; init; } =
        new (long, long, uint)[Enum.GetValues<SegmentSection>().Length];

    /// <summary>Gets the number of bytes of a float32 vector, rounded up to whole cache lines.</summary>
    public int VectorStride => ((Dimension * sizeof(float)) + 63) & ~63;

    /// <summary>Gets the number of bytes of a quantized code.</summary>
    public int CodeStride => Precision == Precision.Float32 ? 0 : VectorCodes.Stride(Precision, Dimension);

    public byte[] Encode()
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes, 0);
        int[] fields =
        [
            CurrentVersion, Dimension, (int)Similarity, (int)Precision, M, Count, Entry, EntryLevel, UpperBlocks,
            BitConverter.SingleToInt32Bits(LongestVector),
        ];
        var position = Magic.Length;
        foreach (var field in fields)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(position), field);
            position += sizeof(int);
        }

        foreach (var (offset, length, checksum) in Sections)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(position), offset);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(position + 8), length);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(position + 16), checksum);
            position += 20;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Length - 4), Checksum.Of(bytes.AsSpan(0, Length - 4)));
        return bytes;
    }

    /// <summary>Reads and checks a header: every section must lie in the file and have the length that follows from the counts.</summary>
    /// <exception cref="IndexFormatException">
    /// The header is damaged, the file is truncated, or it does not belong to the manifest.
    /// </exception>
    public static SegmentHeader Read(string path, ReadOnlySpan<byte> bytes, long fileLength, IndexManifest manifest)
    {
        if (bytes.Length < Length || !bytes.StartsWith(Magic))
        {
            throw new IndexFormatException(
                path, "the file is not a segment of an index, or it is truncated; restore the index, or build it again.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[(Length - 4)..]) != Checksum.Of(bytes[..(Length - 4)]))
        {
            throw new IndexFormatException(path, "the checksum of its header does not match; restore the index, or build it again.");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes[Magic.Length..]);
        if (version is < 1 or > CurrentVersion)
        {
            throw new IndexFormatException(
                path, $"its format is {version}, and this version reads 1 to {CurrentVersion}; use a newer version.");
        }

        var fields = new int[version == 1 ? 9 : 10];
        var position = Magic.Length;
        for (var i = 0; i < fields.Length; i++, position += sizeof(int))
        {
            fields[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[position..]);
        }

        var similarity = (SimilarityFunction)fields[2];
        var header = new SegmentHeader
        {
            Version = version,
            Dimension = fields[1],
            Similarity = similarity,
            Precision = (Precision)fields[3],
            M = fields[4],
            Count = fields[5],
            Entry = fields[6],
            EntryLevel = fields[7],
            UpperBlocks = fields[8],
            LongestVector =
                version > 1 ? BitConverter.Int32BitsToSingle(fields[9]) : similarity == SimilarityFunction.Cosine ? 1 : float.MaxValue,
        };
        for (var i = 0; i < (version == 1 ? (int)SegmentSection.GroupStarts : header.Sections.Length); i++, position += 20)
        {
            header.Sections[i] = (
                BinaryPrimitives.ReadInt64LittleEndian(bytes[position..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[(position + 8)..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[(position + 16)..]));
        }

        header.Check(path, fileLength, manifest);
        return header;
    }

    public (long Offset, long Length, uint Checksum) this[SegmentSection section] => Sections[(int)section];

    private void Check(string path, long fileLength, IndexManifest manifest)
    {
        if (Dimension != manifest.Dimension || Similarity != manifest.Options.Similarity || Precision != manifest.Options.Precision
            || M != manifest.Options.M)
        {
            throw new IndexFormatException(
                path, $"it does not belong to the {IndexManifest.FileName} beside it; restore the index, or build it again.");
        }

        if (Dimension is < 1 or > LargestDimension || !(LongestVector >= 0))
        {
            throw new IndexFormatException(
                path,
                $"its vectors have {Dimension} elements and are at most {LongestVector} long, which cannot be; restore the index, or " +
                "build it again.");
        }

        foreach (var section in Enum.GetValues<SegmentSection>())
        {
            var (offset, length, _) = this[section];
            if (length == 0 && section >= SegmentSection.GroupStarts)
            {
                continue; // each node has one record
            }

            if (offset < Length || offset % 64 != 0 || length < 0 || offset > fileLength - length)
            {
                throw new IndexFormatException(
                    path,
                    $"the {section.Name()} end at byte {offset + length}, but the file has {fileLength}; it is truncated: restore the " +
                    "index, or build it again.");
            }

            if (ExpectedLength(section) is { } expected && length != expected)
            {
                throw new IndexFormatException(
                    path, $"the {section.Name()} take {length} bytes instead of {expected}; restore the index, or build it again.");
            }
        }
    }

    private long? ExpectedLength(SegmentSection section) => section switch
    {
        SegmentSection.Vectors => (long)Count * VectorStride,
        SegmentSection.Codes => (long)Count * CodeStride,
        SegmentSection.Links => (long)Count * 2 * M * sizeof(int),
        SegmentSection.UpperStarts => ((long)Count + 1) * sizeof(int),
        SegmentSection.UpperLinks => (long)UpperBlocks * M * sizeof(int),
        SegmentSection.Deleted => ((long)Count + 63) / 64 * sizeof(ulong),
        SegmentSection.RecordStarts => ((long)Count + 1) * sizeof(long),
        SegmentSection.GroupStarts => ((long)Count + 1) * sizeof(int),
        SegmentSection.Groups => this[SegmentSection.GroupStarts].Length == 0 ? 0 : null,
        SegmentSection.Ids => (long)IdTable.Capacity(Count) * sizeof(int),
        _ => null,
    };
}
