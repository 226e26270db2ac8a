using System.IO.Hashing;

namespace Semblance;

/// <summary>Computes CRC-32C (Castagnoli), the checksum of iSCSI and ext4.</summary>
internal static class Checksum
{
    /// <summary>Returns the checksum of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, bytes);

    /// <summary>Returns a new checksum, to which bytes are appended.</summary>
    public static Crc32 Begin() => new(Crc32ParameterSet.Crc32C);
}
