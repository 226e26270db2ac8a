using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Semblance.Transformers.Images;

/// <summary>
/// Reads PNG (ISO/IEC 15948): every colour type and depth, interlaced or not, to red, green and blue; transparency is left out, as the image
/// processors of the originals do it.
/// </summary>
/// <remarks>
/// An image may have 2²⁴ pixels, or 100 for each byte of its file where that is more, but at most <see cref="RgbImage.MostPixels"/>; an edge at
/// most 65,536. A few hundred kilobytes could otherwise ask for gigabytes.
/// </remarks>
public sealed class PngReader
{
    private const int MostPixelsOfAnyFile = 1 << 24;
    private const int MostPixelsPerByte = 100;
    private const int LongestEdge = 1 << 16;
    private const int HeaderLength = 13;

    private static readonly uint[] Remainders = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (c, _) => (c & 1) != 0 ? (c >> 1) ^ 0xEDB88320 : c >> 1))];

    private readonly string _name;
    private readonly long _mostPixels;
    private readonly ArrayBufferWriter<byte> _compressed = new();
    private byte[] _header = [];
    private byte[] _palette = [];

    private PngReader(string name, int length) =>
        (_name, _mostPixels) = (name, Math.Clamp((long)length * MostPixelsPerByte, MostPixelsOfAnyFile, RgbImage.MostPixels));

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private int Width => (int)BinaryPrimitives.ReadUInt32BigEndian(_header);

    private int Height => (int)BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(4));

    private int Depth => _header[8];

    private int ColourType => _header[9];

    private int Samples => ColourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImageFormatException">The file is not a PNG, or a broken one.</exception>
    public static RgbImage Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path) ? Read(File.ReadAllBytes(path), path) : throw new FileNotFoundException($"{path}: there is no such image; check the path.", path);
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="ImageFormatException">The bytes are not a PNG, or a broken one.</exception>
    public static RgbImage Read(ReadOnlySpan<byte> bytes, string name = "image")
    {
        if (!bytes.StartsWith(Signature))
        {
            throw new ImageFormatException(name, $"this is {FormatOf(bytes)}, but only PNG can be read; convert it to PNG first.");
        }

        var reader = new PngReader(name, bytes.Length);
        reader.ReadChunks(bytes[Signature.Length..]);
        return reader.Decode();
    }

    private static string FormatOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "a JPEG"
        : bytes.StartsWith("GIF8"u8) ? "a GIF"
        : bytes.StartsWith("BM"u8) ? "a BMP"
        : bytes.StartsWith("RIFF"u8) && bytes.Length >= 12 && bytes[8..].StartsWith("WEBP"u8) ? "a WebP"
        : "no image that is known here";

    private void ReadChunks(ReadOnlySpan<byte> rest)
    {
        while (true)
        {
            if (rest.Length < 12)
            {
                throw Fault("it ends in the middle");
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
            {
                throw Fault($"a chunk of {length:N0} bytes reaches beyond its end");
            }

            ReadOnlySpan<byte> type = rest.Slice(4, 4), data = rest.Slice(8, (int)length);
            if (Checksum(rest.Slice(4, 4 + (int)length)) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
            {
                throw Fault("a checksum does not fit");
            }

            if (_header.Length == 0 && !type.SequenceEqual("IHDR"u8))
            {
                throw Fault("the header is not its first chunk");
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
                throw Fault("its header is broken");
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
            throw Fault($"it has a chunk '{System.Text.Encoding.ASCII.GetString(type)}' that is not known but needed");
        }
    }

    private void CheckHeader()
    {
        if (Width is <= 0 or > LongestEdge || Height is <= 0 or > LongestEdge || (long)Width * Height > _mostPixels)
        {
            throw Fault($"it says to be {(uint)Width} × {(uint)Height} pixels; expected at most {LongestEdge:N0} along an edge and, for a file of its size, {_mostPixels:N0} in all");
        }

        var depths = ColourType switch { 0 => [1, 2, 4, 8, 16], 3 => [1, 2, 4, 8], 2 or 4 or 6 => (int[])[8, 16], _ => [] };
        if (!depths.Contains(Depth) || _header[10] != 0 || _header[11] != 0 || _header[12] > 1)
        {
            throw Fault($"its header has a colour type {ColourType}, a depth {Depth}, methods {_header[10]} and {_header[11]} and interlacing {_header[12]}, which do not go together");
        }
    }

    private RgbImage Decode()
    {
        var pixels = new byte[checked(Width * Height * RgbImage.Channels)];
        MemoryMarshal.TryGetArray(_compressed.WrittenMemory, out var compressed);
        using var stream = new BufferedStream(new ZLibStream(new MemoryStream(compressed.Array ?? [], 0, compressed.Count), CompressionMode.Decompress), 1 << 16);
        var passes = _header[12] == 0 ? [(0, 0, 1, 1)] : ((int Left, int Top, int Across, int Down)[])[(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
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
                    Colour(samples, pixels.AsSpan((((top + (y * down)) * Width) + left) * RgbImage.Channels), across * RgbImage.Channels);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Fault("its pixels end too early or are not compressed as they should be", e);
        }

        return new RgbImage(Width, Height, pixels);
    }

    private int RowLength(int width) => checked((int)((((long)width * Samples * Depth) + 7) / 8));

    // A row says how it differs from what is left of it and above it.
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
                throw Fault($"a row has a filter {filter}; there are 0 to 4");
        }
    }

    // Paeth's predictor.
    private static int Nearest(int left, int up, int corner)
    {
        int byLeft = Math.Abs(up - corner), byUp = Math.Abs(left - corner), byCorner = Math.Abs(left + up - (2 * corner));
        return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
    }

    // A row with a byte for each sample. Of two bytes the first is the higher; smaller numbers than bytes stay as they are.
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

    private void Colour(byte[] samples, Span<byte> pixels, int step)
    {
        // Grey of fewer bits reaches up to white.
        var (each, grey) = (Samples, Depth < 8 ? byte.MaxValue / ((1 << Depth) - 1) : 1);
        for (int i = 0, place = 0; i < samples.Length; i += each, place += step)
        {
            var pixel = pixels.Slice(place, RgbImage.Channels);
            if (ColourType == 3)
            {
                var entry = samples[i] * RgbImage.Channels;
                if (entry + RgbImage.Channels > _palette.Length)
                {
                    throw Fault("a pixel has a colour that its palette lacks");
                }

                _palette.AsSpan(entry, RgbImage.Channels).CopyTo(pixel);
            }
            else if (each >= RgbImage.Channels)
            {
                samples.AsSpan(i, RgbImage.Channels).CopyTo(pixel);
            }
            else
            {
                pixel.Fill((byte)(samples[i] * grey));
            }
        }
    }

    // One number of at most eight bits.
    private int Bits(byte[] row, int x) => (row[x * Depth / 8] >> (8 - Depth - (x * Depth % 8))) & ((1 << Depth) - 1);

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var remainder = uint.MaxValue;
        foreach (var value in bytes)
        {
            remainder = (remainder >> 8) ^ Remainders[(byte)(remainder ^ value)];
        }

        return ~remainder;
    }

    private ImageFormatException Fault(string problem, Exception? inner = null) => new(_name, $"the PNG cannot be read: {problem}.", inner);
}
