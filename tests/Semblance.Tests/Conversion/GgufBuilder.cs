using System.Text;

namespace Semblance.Tests.Conversion;

/// <summary>Writes GGUF files for tests, as the format's description has them.</summary>
internal sealed class GgufBuilder
{
    private const int Alignment = 32;

    private readonly List<byte> _metadata = [];
    private readonly List<(string Name, long[] Sizes, int Type, byte[] Data)> _tensors = [];
    private int _entries;

    /// <summary>Adds a text, a whole number (uint32), a number (float32) or a list of texts, whole numbers (int32) or numbers.</summary>
    public GgufBuilder Add(string key, object value)
    {
        _entries++;
        using var entry = new MemoryStream();
        using var writer = new BinaryWriter(entry);
        Text(writer, key);
        switch (value)
        {
            case string text:
                writer.Write(8);
                Text(writer, text);
                break;
            case int number:
                writer.Write(4);
                writer.Write(number);
                break;
            case float number:
                writer.Write(6);
                writer.Write(number);
                break;
            case string[] texts:
                writer.Write(9);
                writer.Write(8);
                writer.Write((long)texts.Length);
                Array.ForEach(texts, text => Text(writer, text));
                break;
            case int[] numbers:
                writer.Write(9);
                writer.Write(5);
                writer.Write((long)numbers.Length);
                Array.ForEach(numbers, writer.Write);
                break;
            default:
                throw new ArgumentException($"{value}", nameof(value));
        }

        _metadata.AddRange(entry.ToArray());
        return this;
    }

    /// <summary>Adds a tensor; the first size is that of the outermost dimension.</summary>
    public GgufBuilder Add(string name, int[] shape, int type, byte[] data)
    {
        _tensors.Add((name, [.. shape.Reverse().Select(size => (long)size)], type, data));
        return this;
    }

    public byte[] Build(int version = 3)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(version);
        writer.Write((long)_tensors.Count);
        writer.Write((long)_entries);
        writer.Write(_metadata.ToArray());
        var offset = 0L;
        foreach (var (name, sizes, type, data) in _tensors)
        {
            Text(writer, name);
            writer.Write(sizes.Length);
            Array.ForEach(sizes, writer.Write);
            writer.Write(type);
            writer.Write(offset);
            offset += Aligned(data.Length);
        }

        foreach (var (_, _, _, data) in _tensors)
        {
            writer.Write(new byte[Aligned(stream.Length) - stream.Length]);
            writer.Write(data);
        }

        return stream.ToArray();
    }

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }
}
