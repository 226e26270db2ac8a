using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Semblance.Checkpoints.Tests;

/// <summary>Assembles pickles, opcode by opcode, and the archives around them.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> _bytes = [];

    public PickleBytes() => Op(0x80, 2);

    public PickleBytes Op(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBytes Op(char opcode, params byte[] arguments) => Op([(byte)opcode, .. arguments]);

    public PickleBytes Global(string module, string name) => Op([(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")]);

    public PickleBytes Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Op([(byte)'X', .. length, .. utf8]);
    }

    public PickleBytes Number(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return Op([0x8a, 8, .. bytes]);
    }

    public PickleBytes Numbers(params long[] numbers)
    {
        Op('(');
        foreach (var number in numbers)
        {
            Number(number);
        }

        return Op('t');
    }

    /// <summary>Adds a tensor over the storage <paramref name="key"/>, as PyTorch describes it.</summary>
    public PickleBytes Tensor(string key, long count, long offset, long[] size, long[] stride, string type = "FloatStorage") =>
        Global("torch._utils", "_rebuild_tensor_v2").Op('(')
            .Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(count).Op('t').Op('Q')
            .Number(offset).Numbers(size).Numbers(stride).Op(0x89)
            .Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');

    public byte[] ToArray() => [.. _bytes, (byte)'.'];

    /// <summary>Returns a dictionary with one tensor <c>a</c>.</summary>
    public static byte[] OneTensor(long count, long offset, long[] size, long[] stride, string type = "FloatStorage") =>
        new PickleBytes().Op('}').Text("a").Tensor("0", count, offset, size, stride, type).Op('s').ToArray();

    /// <summary>Returns an archive as torch.save writes it.</summary>
    public static byte[] Archive(
        byte[] pickle, byte[]? storage = null, CompressionLevel level = CompressionLevel.NoCompression, string byteOrder = "little")
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            Add("data.pkl", pickle);
            Add("byteorder", Encoding.ASCII.GetBytes(byteOrder));
            Add("data/0", storage ?? []);

            void Add(string name, byte[] content)
            {
                using var entry = archive.CreateEntry($"archive/{name}", level).Open();
                entry.Write(content);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>
    /// Returns the same archive with 64-bit sizes and offsets, as beyond 4 GB; <paramref name="offsetBy"/> makes the offsets wrong.
    /// </summary>
    public static byte[] LargeArchive(byte[] pickle, byte[] storage, long offsetBy = 0)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        var directory = new List<byte>();
        foreach (var (name, content) in new[] { ("archive/data.pkl", pickle), ("archive/data/0", storage) })
        {
            var start = bytes.Position;
            var utf8 = Encoding.UTF8.GetBytes(name);
            writer.Write([.. "PK\x03\x04"u8, .. new byte[14], .. Enumerable.Repeat((byte)255, 8), (byte)utf8.Length, 0, 0, 0, .. utf8, .. content]);
            directory.AddRange([.. "PK\x01\x02"u8, .. new byte[16], .. Enumerable.Repeat((byte)255, 8), (byte)utf8.Length, 0, 28, 0, .. new byte[10], 255, 255, 255, 255, .. utf8, 1, 0, 24, 0]);
            foreach (var number in new[] { content.Length, content.Length, start + offsetBy })
            {
                directory.AddRange(BitConverter.GetBytes(number));
            }
        }

        var directoryStart = bytes.Position;
        writer.Write(directory.ToArray());
        var endStart = bytes.Position;
        writer.Write([.. "PK\x06\x06"u8, .. new byte[28]]);
        writer.Write(2L);
        writer.Write((long)directory.Count);
        writer.Write(directoryStart);
        writer.Write([.. "PK\x06\x07"u8, .. new byte[4]]);
        writer.Write(endStart);
        writer.Write(1);
        writer.Write([.. "PK\x05\x06"u8, .. new byte[4], .. Enumerable.Repeat((byte)255, 12), 0, 0]);
        return bytes.ToArray();
    }
}
