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

    /// <summary>A tensor over the storage <paramref name="key"/>, as PyTorch describes it.</summary>
    public PickleBytes Tensor(string key, long count, long offset, long[] size, long[] stride, string type = "FloatStorage") =>
        Global("torch._utils", "_rebuild_tensor_v2").Op('(')
            .Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(count).Op('t').Op('Q')
            .Number(offset).Numbers(size).Numbers(stride).Op(0x89)
            .Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');

    public byte[] ToArray() => [.. _bytes, (byte)'.'];

    /// <summary>A dictionary with one tensor <c>a</c>.</summary>
    public static byte[] OneTensor(long count, long offset, long[] size, long[] stride, string type = "FloatStorage") =>
        new PickleBytes().Op('}').Text("a").Tensor("0", count, offset, size, stride, type).Op('s').ToArray();

    /// <summary>An archive as torch.save writes it.</summary>
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
}
