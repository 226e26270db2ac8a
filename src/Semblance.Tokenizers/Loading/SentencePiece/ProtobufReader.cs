using System.Buffers.Binary;

namespace Semblance.Tokenizers.Loading;

/// <summary>Reads the fields of a Protocol Buffers message one after another.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, string path)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Gets the number of the field.</summary>
    public int Field { get; private set; }

    /// <summary>Gets the value of a number.</summary>
    public ulong Number { get; private set; }

    /// <summary>Gets the value of a string, a byte string or a nested message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Gets the value as a float32.</summary>
    public readonly float Single => BitConverter.UInt32BitsToSingle((uint)Number);

    /// <summary>Gets the value as a boolean.</summary>
    public readonly bool Flag => Number != 0;

    /// <summary>Gets the value as an integer.</summary>
    public readonly int Integer => (int)(long)Number;

    /// <summary>Moves to the next field; returns <see langword="false"/> at the end of the message.</summary>
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
        switch (key & 7)
        {
            case 0:
                Number = ReadVarint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                var length = ReadVarint();
                Bytes = Take(length <= int.MaxValue ? (int)length : int.MaxValue);
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            case var kind:
                throw Error($"a field has wire type {kind}");
        }

        return true;
    }

    private readonly TokenizerFormatException Error(string found) =>
        new($"{path}: {found}, expected a SentencePiece model; download the file again.");

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw Error($"a field of {length} bytes goes beyond the end");
        }

        var taken = _rest[..length];
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

        throw Error("a number has more than 64 bits");
    }
}
