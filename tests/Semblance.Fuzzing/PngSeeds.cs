using System.Buffers.Binary;
using System.IO.Compression;

namespace Semblance.Fuzzing;

/// <summary>Small images of every color type.</summary>
internal static class PngSeeds
{
    private const int SignatureLength = 8;
    private const int FrameLength = 12; // of a chunk: length, type, checksum

    /// <summary>The images; each in a file <c>i.png</c>.</summary>
    public static IReadOnlyList<FuzzInput> All { get; } = [Of(5, 4, 8, 2), Of(7, 9, 1, 0, isInterlaced: true), Of(3, 3, 4, 3), Of(4, 4, 16, 6), Of(9, 2, 8, 4, isInterlaced: true)];

    /// <summary>The image with the checksums of its chunks corrected, so that a change is seen by what is behind them.</summary>
    public static byte[] WithChecksums(byte[] png)
    {
        var corrected = (byte[])png.Clone();
        for (var place = SignatureLength; place <= corrected.Length - FrameLength;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(corrected.AsSpan(place));
            if (length > corrected.Length - place - FrameLength)
            {
                break;
            }

            BinaryPrimitives.WriteUInt32BigEndian(corrected.AsSpan(place + 8 + (int)length), Checksum(corrected.AsSpan(place + 4, 4 + (int)length)));
            place += FrameLength + (int)length;
        }

        return corrected;
    }

    private static FuzzInput Of(int width, int height, byte depth, byte type, bool isInterlaced = false)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, type, (byte)(isInterlaced ? 1 : 0));
        var pixels = new MemoryStream();
        using (var stream = new ZLibStream(pixels, CompressionLevel.NoCompression, leaveOpen: true)) // changes reach the pixels
        {
            stream.Write(new byte[512]);
        }

        byte[] png = [0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR"u8, header), .. type == 3 ? Chunk("PLTE"u8, new byte[48]) : [], .. Chunk("IDAT"u8, pixels.ToArray()), .. Chunk("IEND"u8, [])];
        return new FuzzInput(new Dictionary<string, byte[]> { ["i.png"] = WithChecksums(png) });
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. type, .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        return chunk;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var remainder = uint.MaxValue;
        foreach (var value in bytes)
        {
            remainder ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 1) != 0 ? (remainder >> 1) ^ 0xEDB88320 : remainder >> 1;
            }
        }

        return ~remainder;
    }
}
