using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Semblance.Transformers.Images;

/// <summary>Represents a PNG while it is decoded.</summary>
internal sealed class PngFile(int fileLength)
{
    private const int HeaderLength = 13;

    private readonly ArrayBufferWriter<byte> _compressed = new();
    private byte[] _header = [];
    private byte[] _palette = [];

    /// <summary>Gets the signature with which a PNG begins.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private int Width => (int)BinaryPrimitives.ReadUInt32BigEndian(_header);

    private int Height => (int)BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(4));

    private int Depth => _header[8];

    private int ColorType => _header[9];

    private int Samples => ColorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>Reads the bytes of the file.</summary>
    /// <exception cref="FormatException">The file is not a PNG that can be decoded; the message describes the problem.</exception>
    public RgbImage Read(ReadOnlySpan<byte> bytes)
    {
        ReadChunks(bytes[Signature.Length..]);
        return Decode();
    }

    private void ReadChunks(ReadOnlySpan<byte> rest)
    {
        while (true)
        {
            if (rest.Length < 12)
            {
                throw new FormatException("it ends in the middle");
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
            {
                throw new FormatException($"a chunk of {length:N0} bytes reaches beyond its end");
            }

            ReadOnlySpan<byte> type = rest.Slice(4, 4), data = rest.Slice(8, (int)length);
            if (Crc32.HashToUInt32(rest.Slice(4, 4 + (int)length)) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
            {
                throw new FormatException("a checksum does not fit");
            }

            if (_header.Length == 0 && !type.SequenceEqual("IHDR"u8))
            {
                throw new FormatException("the header is not its first chunk");
            }

            if (type.SequenceEqual("IEND"u8))
            {
                return;
            }

            Take(type, data);
            rest = rest[(12 + (int)length)..];
        }
    }

    private void Take(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        if (type.SequenceEqual("IHDR"u8))
        {
            if (data.Length != HeaderLength || _header.Length > 0)
            {
                throw new FormatException("its header is broken");
            }

            _header = data.ToArray();
            CheckHeader();
        }
        else if (type.SequenceEqual("PLTE"u8))
        {
            _palette = data.ToArray();
        }
        else if (type.SequenceEqual("IDAT"u8))
        {
            _compressed.Write(data);
        }
        else if ((type[0] & 0x20) == 0)
        {
            throw new FormatException($"it has a chunk '{System.Text.Encoding.ASCII.GetString(type)}' that is not known but needed");
        }
    }

    private void CheckHeader()
    {
        RgbImage.CheckSize((uint)Width, (uint)Height, fileLength);
        var depths = ColorType switch { 0 => [1, 2, 4, 8, 16], 3 => [1, 2, 4, 8], 2 or 4 or 6 => (int[])[8, 16], _ => [] };
        if (!depths.Contains(Depth) || _header[10] != 0 || _header[11] != 0 || _header[12] > 1)
        {
            throw new FormatException(
                $"its header has a color type {ColorType}, a depth {Depth}, methods {_header[10]} and {_header[11]} and interlacing "
                + $"{_header[12]}, which do not go together");
        }
    }

    private RgbImage Decode()
    {
        var pixels = new byte[checked(Width * Height * RgbImage.Channels)];
        MemoryMarshal.TryGetArray(_compressed.WrittenMemory, out var compressed);
        using var stream = new BufferedStream(
            new ZLibStream(new MemoryStream(compressed.Array ?? [], 0, compressed.Count), CompressionMode.Decompress), 1 << 16);
        (int Left, int Top, int Across, int Down)[] passes = _header[12] == 0
            ? [(0, 0, 1, 1)]
            : [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        try
        {
            foreach (var (left, top, across, down) in passes)
            {
                int width = (Width - left + across - 1) / across, height = (Height - top + down - 1) / down;
                byte[] row = new byte[RowLength(width)], above = new byte[row.Length], samples = new byte[Math.Max(0, width) * Samples];
                for (var y = 0; y < height && width > 0; y++)
                {
                    (row, above) = (above, row);
                    ReadRow(stream, row, above);
                    Unpack(row, samples);
                    Color(samples, pixels.AsSpan((((top + (y * down)) * Width) + left) * RgbImage.Channels), across * RgbImage.Channels);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new FormatException("its pixels end too early or are not compressed as they should be", e);
        }

        return new RgbImage(Width, Height, pixels);
    }

    private int RowLength(int width) => checked((int)((((long)width * Samples * Depth) + 7) / 8));

    // A row is coded as the difference to the pixels on its left and above it.
    private void ReadRow(Stream stream, byte[] row, byte[] above)
    {
        var filter = stream.ReadByte();
        stream.ReadExactly(row);
        var step = Math.Max(1, Samples * Depth / 8);
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var i = step; i < row.Length; i++)
                {
                    row[i] += row[i - step];
                }

                break;
            case 2:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += above[i];
                }

                break;
            case 3:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += (byte)(((i >= step ? row[i - step] : 0) + above[i]) / 2);
                }

                break;
            case 4:
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] += (byte)(i >= step ? Nearest(row[i - step], above[i], above[i - step]) : above[i]);
                }

                break;
            case < 0:
                throw new EndOfStreamException();
            default:
                throw new FormatException($"a row has a filter {filter}; there are 0 to 4");
        }
    }

    // The Paeth predictor.
    private static int Nearest(int left, int up, int corner)
    {
        int byLeft = Math.Abs(up - corner), byUp = Math.Abs(left - corner), byCorner = Math.Abs(left + up - (2 * corner));
        return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
    }

    // Expands a row to one byte per sample. Of 16-bit samples the higher byte is kept; samples of fewer bits are not scaled.
    private void Unpack(byte[] row, byte[] samples)
    {
        if (Depth == 8)
        {
            row.CopyTo(samples, 0);
            return;
        }

        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = Depth == 16 ? row[2 * i] : (byte)Bits(row, i);
        }
    }

    private void Color(byte[] samples, Span<byte> pixels, int step)
    {
        // Gray samples of fewer bits are scaled to the full range.
        var (each, gray) = (Samples, Depth < 8 ? byte.MaxValue / ((1 << Depth) - 1) : 1);
        for (int i = 0, place = 0; i < samples.Length; i += each, place += step)
        {
            var pixel = pixels.Slice(place, RgbImage.Channels);
            if (ColorType == 3)
            {
                var entry = samples[i] * RgbImage.Channels;
                if (entry + RgbImage.Channels > _palette.Length)
                {
                    throw new FormatException("a pixel has a color that its palette lacks");
                }

                _palette.AsSpan(entry, RgbImage.Channels).CopyTo(pixel);
            }
            else if (each >= RgbImage.Channels)
            {
                samples.AsSpan(i, RgbImage.Channels).CopyTo(pixel);
            }
            else
            {
                pixel.Fill((byte)(samples[i] * gray));
            }
        }
    }

    // Returns one sample of at most eight bits.
    private int Bits(byte[] row, int x) => (row[x * Depth / 8] >> (8 - Depth - (x * Depth % 8))) & ((1 << Depth) - 1);
}
