using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Semblance;

/// <summary>
/// Represents the data stored next to a vector: the id (0 and eight bytes, or 1 and a text), the text (length −1 if there is none), the
/// number of labels and the two texts of each label. A text is four bytes of length and UTF-8; everything is little-endian.
/// </summary>
/// <param name="path">The path of the file, for messages.</param>
/// <param name="bytes">The bytes of the record.</param>
internal readonly ref struct StoredRecord(string path, ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Gets the bytes of the record.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Gets the bytes of the id; they are equal if and only if the ids are equal.</summary>
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

    public bool HasLabel(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => TryGetLabel(key, out var found) && found.SequenceEqual(value);

    public bool TryGetLabel(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var rest = _bytes[IdBytes.Length..];
        TextOrNone(ref rest, out _);
        for (var left = Number(ref rest); left > 0; left--)
        {
            var isFound = Text(ref rest).SequenceEqual(key);
            value = Text(ref rest);
            if (isFound)
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Encodes a record.</summary>
    /// <exception cref="ArgumentException">A part of the record cannot be stored.</exception>
    public static byte[] Encode(VectorRecord record)
    {
        try
        {
            var bytes = new ArrayBufferWriter<byte>();
            WriteId(bytes, record.Id);
            WriteText(bytes, record.Text);
            WriteNumber(bytes, record.Metadata?.Count ?? 0);
            foreach (var (key, value) in record.Metadata ?? new Dictionary<string, string>())
            {
                if (value is null)
                {
                    StoredText.Check(record); // throws and names the part
                }

                WriteText(bytes, key);
                WriteText(bytes, value);
            }

            return bytes.WrittenSpan.ToArray();
        }
        catch (EncoderFallbackException)
        {
            StoredText.Check(record); // throws and names the part
            throw;
        }
    }

    /// <summary>Encodes an id.</summary>
    /// <exception cref="ArgumentException">The id cannot be stored, so no record can have it.</exception>
    public static byte[] EncodeId(VectorId id)
    {
        try
        {
            var bytes = new ArrayBufferWriter<byte>();
            WriteId(bytes, id);
            return bytes.WrittenSpan.ToArray();
        }
        catch (EncoderFallbackException)
        {
            StoredText.Check(id);
            throw;
        }
    }

    /// <summary>Compares ids of hits with equal scores: numbers in ascending order, then texts by code points.</summary>
    public static int CompareIds(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => (a[0], b[0]) switch
    {
        (0, 0) => BinaryPrimitives.ReadInt64LittleEndian(a[1..]).CompareTo(BinaryPrimitives.ReadInt64LittleEndian(b[1..])),
        (1, 1) => a[5..].SequenceCompareTo(b[5..]),
        var (first, second) => first.CompareTo(second),
    };

    private VectorId ReadId(ReadOnlySpan<byte> bytes) =>
        bytes[0] == 0 ? BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]) : Decoded(bytes[5..]);

    private string Decoded(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StoredText.Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Damaged();
        }
    }

    private (string? Text, IReadOnlyDictionary<string, string>? Labels) Payload()
    {
        var rest = _bytes[IdBytes.Length..];
        var text = TextOrNone(ref rest, out var hasText);
        var count = Number(ref rest);
        if (count < 0 || count > rest.Length / 8)
        {
            throw Damaged();
        }

        var labels = count == 0 ? null : new Dictionary<string, string>(count);
        for (; count > 0; count--)
        {
            labels![Decoded(Text(ref rest))] = Decoded(Text(ref rest));
        }

        return rest.Length == 0 ? (hasText ? Decoded(text) : null, labels) : throw Damaged();
    }

    private ReadOnlySpan<byte> TextOrNone(scoped ref ReadOnlySpan<byte> rest, out bool hasText)
    {
        var length = Number(ref rest);
        hasText = length != -1;
        return hasText ? Take(ref rest, length) : default;
    }

    // Earlier versions wrote the length −1 for a label without a value.
    private ReadOnlySpan<byte> Text(scoped ref ReadOnlySpan<byte> rest) => TextOrNone(ref rest, out _);

    private int Number(ref ReadOnlySpan<byte> rest) => BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));

    private ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest, int count)
    {
        if ((uint)count > (uint)rest.Length)
        {
            throw Damaged();
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private IndexFormatException Damaged() =>
        new(path, "a record is damaged; `semblance index verify` says what else is, and the index must be built again or restored.");

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

        var length = StoredText.Strict.GetByteCount(text);
        WriteNumber(bytes, length);
        StoredText.Strict.GetBytes(text, bytes.GetSpan(length));
        bytes.Advance(length);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> bytes, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), number);
        bytes.Advance(4);
    }
}
