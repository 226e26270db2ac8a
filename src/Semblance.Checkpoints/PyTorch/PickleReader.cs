using System.Buffers.Binary;
using System.Text;

namespace Semblance.Checkpoints;

/// <summary>Reads the bytes of a pickle in a mapped file.</summary>
/// <param name="file">The file.</param>
/// <param name="start">The offset of the first byte.</param>
/// <param name="end">The offset after the last byte that the pickle can have.</param>
internal sealed class PickleReader(MappedFile file, long start, long end)
{
    /// <summary>The maximum number of bytes of a pickle.</summary>
    public const int MaxLength = 64 << 20;

    /// <summary>The maximum number of characters of a name.</summary>
    public const int MaxLine = 256;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly long _end = Math.Min(end, start + MaxLength);

    /// <summary>Gets the offset of the next byte.</summary>
    public long Position { get; private set; } = start;

    /// <summary>Reads the length of a string: four bytes.</summary>
    public int ReadLength()
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        return length <= MaxLength ? (int)length : throw Fault($"has a text of {length} bytes.");
    }

    /// <summary>Reads a string in UTF-8.</summary>
    public string ReadText(int length)
    {
        try
        {
            return StrictUtf8.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw Fault("has a text that is not UTF-8.");
        }
    }

    /// <summary>Reads a string up to a line feed.</summary>
    public string ReadLine()
    {
        var text = file.Bytes(Position, (int)Math.Min(MaxLine, _end - Position));
        var length = text.IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Fault("has a name without an end.");
        }

        var line = ReadText(length);
        Position++;
        return line;
    }

    /// <summary>Reads a byte.</summary>
    public byte ReadByte() => Take(1)[0];

    /// <summary>Reads bytes.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _end - Position)
        {
            throw Fault(_end < end
                ? $"has more than {MaxLength} bytes without its tensors."
                : "is incomplete; the file is damaged or truncated.");
        }

        var bytes = file.Bytes(Position, count);
        Position += count;
        return bytes;
    }

    /// <summary>Returns the exception for a damaged or unsupported pickle.</summary>
    public CheckpointFormatException Fault(string problem) => new(file.Path, $"the pickle {problem}");
}
