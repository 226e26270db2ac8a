namespace Semblance.Files.Protobuf;

/// <summary>How the value of a field is encoded (protobuf.dev/programming-guides/encoding).</summary>
internal enum WireType
{
    /// <summary>A whole number of one to ten bytes.</summary>
    Varint = 0,

    /// <summary>Eight bytes, the lowest first.</summary>
    Fixed64 = 1,

    /// <summary>A length and as many bytes.</summary>
    LengthDelimited = 2,

    /// <summary>Four bytes, the lowest first.</summary>
    Fixed32 = 5,
}
