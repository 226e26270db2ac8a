using System.Buffers.Binary;

namespace Semblance.Files.Protobuf;

/// <summary>Reads the fields of a Protocol Buffers message one after another.</summary>
/// <param name="message">The bytes of the message.</param>
public ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;
    private WireType _type;

    /// <summary>Gets the number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>Gets the value of a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Gets the value of a text, a byte string or a message inside.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Gets the value of four bytes as a floating-point number.</summary>
    public readonly float Fixed32 => BitConverter.UInt32BitsToSingle((uint)Number);

    /// <summary>Gets the value as a Boolean.</summary>
    public readonly bool Flag => Number != 0;

    /// <summary>Gets the value as a 32-bit signed number.</summary>
    public readonly int Varint32 => (int)(long)Number;

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="InvalidDataException">The bytes are no such message; the message of the exception is a clause that says what was found.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var key = ReadVarint();
        Field = (int)(key >> 3);
        Number = 0;
        Bytes = default;
        _type = (WireType)(key & 7);
        switch (_type)
        {
            case WireType.Varint:
                Number = ReadVarint();
                break;
            case WireType.Fixed64:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
                break;
            case WireType.LengthDelimited:
                Bytes = Take((int)Math.Min(ReadVarint(), int.MaxValue));
                break;
            case WireType.Fixed32:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));
                break;
            default:
                throw new InvalidDataException($"a field has wire type {key & 7}");
        }

        return true;
    }

    /// <summary>Adds the values of a repeated field of whole numbers to a list; the writer may have packed them or not.</summary>
    /// <param name="numbers">The list.</param>
    /// <exception cref="InvalidDataException">The bytes are no packed numbers.</exception>
    public readonly void AddNumbersTo(ICollection<long> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (_type != WireType.LengthDelimited)
        {
            numbers.Add((long)Number);
            return;
        }

        for (var packed = new ProtobufReader(Bytes); !packed._rest.IsEmpty;)
        {
            numbers.Add((long)packed.ReadVarint());
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = length <= _rest.Length ? _rest[..length] : throw new InvalidDataException($"a field of {length} bytes goes beyond the end");
        _rest = _rest[length..];
        return taken;
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number has more than 64 bits");
    }
}
