using System.Buffers.Binary;
using System.Text;

namespace Semblance.Training.Tests.Reports;

/// <summary>An event of TensorBoard, as its file says.</summary>
internal sealed record RecordedEvent(double WallTime, long Step, string? FileVersion, long? SessionStatus, IReadOnlyDictionary<string, float> Scalars);

/// <summary>Reads event files, written from the formats' descriptions and sharing nothing with the writer.</summary>
internal static class EventFile
{
    public static IReadOnlyList<RecordedEvent> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite); // the writer may have it open
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var events = new List<RecordedEvent>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)).ShouldBe(Masked(bytes.AsSpan(at, 8)), $"checksum of the length at {at}");
            var data = bytes.AsSpan(at + 12, length);
            BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)).ShouldBe(Masked(data), $"checksum of the data at {at}");
            events.Add(Event(data.ToArray()));
            at += 16 + length;
        }

        return events;
    }

    // Bit by bit: the reversed Castagnoli polynomial.
    public static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = Crc32C(data);
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
    }

    private static RecordedEvent Event(byte[] data)
    {
        var scalars = new Dictionary<string, float>();
        var read = new RecordedEvent(0, 0, null, null, scalars);
        foreach (var (field, value) in Fields(data))
        {
            switch (field)
            {
                case 1: read = read with { WallTime = BitConverter.ToDouble((byte[])value) }; break;
                case 2: read = read with { Step = (long)(ulong)value }; break;
                case 3: read = read with { FileVersion = Encoding.UTF8.GetString((byte[])value) }; break;
                case 5:
                    foreach (var (one, item) in Fields((byte[])value))
                    {
                        one.ShouldBe(1);
                        var parts = Fields((byte[])item).ToDictionary(part => part.Field, part => (byte[])part.Value);
                        scalars.Add(Encoding.UTF8.GetString(parts[1]), BitConverter.ToSingle(parts[2]));
                    }

                    break;
                case 7: read = read with { SessionStatus = (long)(ulong)Fields((byte[])value).Single().Value }; break;
                default: throw new InvalidDataException($"An event has no field {field}.");
            }
        }

        return read;
    }

    private static IEnumerable<(int Field, object Value)> Fields(byte[] data)
    {
        for (var at = 0; at < data.Length;)
        {
            var tag = Varint(data, ref at);
            object value;
            switch (tag & 7)
            {
                case 0:
                    value = Varint(data, ref at);
                    break;
                case 2:
                    var length = (int)Varint(data, ref at);
                    value = data[at..(at + length)];
                    at += length;
                    break;
                default:
                    var size = (tag & 7) == 1 ? 8 : 4;
                    value = data[at..(at + size)];
                    at += size;
                    break;
            }

            yield return ((int)(tag >> 3), value);
        }
    }

    private static ulong Varint(byte[] data, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var b = data[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }
}
