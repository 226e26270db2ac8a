using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Semblance;

/// <summary>
/// What is kept beside a vector, as bytes: the id (0 and eight bytes, or 1 and a text), the text (length −1 where there is none), the number of
/// labels and each one's two texts. A text is four bytes of length and UTF-8; everything is little-endian.
/// </summary>
/// <param name="path">The file that it is in, for messages.</param>
/// <param name="bytes">The record.</param>
internal readonly ref struct StoredRecord(string path, ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>All of it.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The bytes of the id: equal where the ids are.</summary>
    public ReadOnlySpan<byte> IdBytes
    {
        get
        {
            var rest = _bytes;
            switch (Take(ref rest, 1)[0])
            {
                case 0:
                    Take(ref rest, 8);
                    break;
                case 1:
                    Text(ref rest);
                    break;
                default:
                    throw Damaged();
            }

            return _bytes[..^rest.Length];
        }
    }

    public VectorId Id => ReadId(IdBytes);

    public VectorHit Hit(float score)
    {
        var (text, labels) = Payload();
        return new VectorHit(Id, score, text, labels);
    }

    public VectorRecord Record(ReadOnlyMemory<float> vector)
    {
        var (text, labels) = Payload();
        return new VectorRecord(Id, vector, text, labels);
    }

    public bool HasLabel(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var rest = _bytes[IdBytes.Length..];
        Text(ref rest);
        for (var left = Number(ref rest); left > 0; left--)
        {
            if (Text(ref rest).SequenceEqual(key))
            {
                return Text(ref rest).SequenceEqual(value);
            }

            Text(ref rest);
        }

        return false;
    }

    public static byte[] Encode(VectorRecord record)
    {
        var bytes = new ArrayBufferWriter<byte>();
        WriteId(bytes, record.Id);
        WriteText(bytes, record.Text);
        WriteNumber(bytes, record.Metadata?.Count ?? 0);
        foreach (var (key, value) in record.Metadata ?? new Dictionary<string, string>())
        {
            WriteText(bytes, key);
            WriteText(bytes, value);
        }

        return bytes.WrittenSpan.ToArray();
    }

    public static byte[] EncodeId(VectorId id)
    {
        var bytes = new ArrayBufferWriter<byte>();
        WriteId(bytes, id);
        return bytes.WrittenSpan.ToArray();
    }

    private static VectorId ReadId(ReadOnlySpan<byte> bytes) => bytes[0] == 0
        ? BinaryPrimitives.ReadInt64LittleEndian(bytes[1..])
        : Encoding.UTF8.GetString(bytes[5..]);

    private (string? Text, IReadOnlyDictionary<string, string>? Labels) Payload()
    {
        var rest = _bytes[IdBytes.Length..];
        var hasText = rest.Length >= 4 && BinaryPrimitives.ReadInt32LittleEndian(rest) >= 0;
        var text = Text(ref rest);
        var count = Number(ref rest);
        if (count < 0 || count > rest.Length / 8)
        {
            throw Damaged();
        }

        var labels = count == 0 ? null : new Dictionary<string, string>(count);
        for (; count > 0; count--)
        {
            labels![Encoding.UTF8.GetString(Text(ref rest))] = Encoding.UTF8.GetString(Text(ref rest));
        }

        return (hasText ? Encoding.UTF8.GetString(text) : null, labels);
    }

    private ReadOnlySpan<byte> Text(ref ReadOnlySpan<byte> rest) => Take(ref rest, Math.Max(0, Number(ref rest)));

    private int Number(ref ReadOnlySpan<byte> rest) => BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));

    private ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        if (count > rest.Length)
        {
            throw Damaged();
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private IndexFormatException Damaged() => new(path, "a record is damaged; `semblance index verify` says what else is, and the index must be built again or restored.");

    private static void WriteId(ArrayBufferWriter<byte> bytes, VectorId id)
    {
        if (id.Text is { } text)
        {
            bytes.Write((ReadOnlySpan<byte>)[1]);
            WriteText(bytes, text);
        }
        else
        {
            bytes.Write((ReadOnlySpan<byte>)[0]);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.GetSpan(8), id.Number);
            bytes.Advance(8);
        }
    }

    private static void WriteText(ArrayBufferWriter<byte> bytes, string? text)
    {
        if (text is null)
        {
            WriteNumber(bytes, -1);
            return;
        }

        WriteNumber(bytes, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, bytes);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> bytes, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), number);
        bytes.Advance(4);
    }
}
