using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;

namespace Semblance.Training;

/// <summary>
/// Writes the frames of TFRecord files (tensorflow.org/tutorials/load_data/tfrecord): length, checksum of the length, data, checksum of the
/// data. Checksums
/// are CRC-32C, masked by rotation and addition so that data with embedded checksums are safe.
/// </summary>
internal static class RecordFrame
{
    /// <summary>Returns the frame of a record.</summary>
    public static byte[] Around(ReadOnlySpan<byte> data)
    {
        var frame = new byte[sizeof(ulong) + sizeof(uint) + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), MaskedCrc(frame.AsSpan(0, 8)));
        data.CopyTo(frame.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12 + data.Length), MaskedCrc(data));
        return frame;
    }

    private static uint MaskedCrc(ReadOnlySpan<byte> data) =>
        BitOperations.RotateRight(Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, data), 15) + 0xa282ead8;
}
