using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Semblance.Files.Protobuf;

/// <summary>Builds a Protocol Buffers message field by field.</summary>
public sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Gets the bytes of the message so far.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Adds a whole number.</summary>
    public ProtobufWriter AddVarint(int field, long value)
    {
        Tag(field, WireType.Varint);
        Varint((ulong)value);
        return this;
    }

    /// <summary>Adds a 64-bit floating-point number.</summary>
    public ProtobufWriter AddFixed64(int field, double value)
    {
        Tag(field, WireType.Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(sizeof(double)), value);
        _bytes.Advance(sizeof(double));
        return this;
    }

    /// <summary>Adds a 32-bit floating-point number.</summary>
    public ProtobufWriter AddFixed32(int field, float value)
    {
        Tag(field, WireType.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(sizeof(float)), value);
        _bytes.Advance(sizeof(float));
        return this;
    }

    /// <summary>Adds a text.</summary>
    public ProtobufWriter AddText(int field, string value) => AddBytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Adds a message inside.</summary>
    public ProtobufWriter AddMessage(int field, ProtobufWriter value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return AddBytes(field, value.Written);
    }

    /// <summary>Adds a byte string.</summary>
    public ProtobufWriter AddBytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, WireType.LengthDelimited);
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>Adds the beginning of a byte string that is too long to be copied: the caller writes its bytes after this message.</summary>
    /// <param name="field">The number of the field.</param>
    /// <param name="length">The number of bytes.</param>
    public ProtobufWriter AddLength(int field, long length)
    {
        Tag(field, WireType.LengthDelimited);
        Varint((ulong)length);
        return this;
    }

    private void Tag(int field, WireType type) => Varint(((ulong)field << 3) | (ulong)type);

    // Seven bits a byte, the lowest first; the eighth bit says that more follow.
    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Write([(byte)(value | 0x80)]);
        }

        _bytes.Write([(byte)value]);
    }
}
