#pragma warning disable CA1720 // The names are those of the values of the format.
using System.Buffers.Binary;
using System.Text;
using Semblance.Tensors;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents a GGUF file, the format of llama.cpp, that is mapped into memory: metadata and named tensors; see <see
/// href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md"/>. Versions 2 and 3, and the types F32, F16, BF16, F64, Q4_0, Q4_1,
/// Q5_0, Q5_1, Q8_0 and Q2_K to Q6_K are read. The file is checked completely when it is opened. Immutable and thread-safe.
/// </summary>
public sealed class GgufFile
{
    private const int MostEntries = 1 << 20, MostElements = 1 << 24; // limits the memory of hostile files
    private const int HeaderLength = 24;

    private readonly MappedFile _file;
    private readonly Dictionary<string, object> _metadata = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, StoredBlocks> _tensors = [];
    private long _position = HeaderLength;

    private GgufFile(MappedFile file)
    {
        _file = file;
        if (file.Length < HeaderLength || !file.Bytes(0, 4).SequenceEqual("GGUF"u8))
        {
            throw Fault("this is not a GGUF file: it does not begin with 'GGUF'");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(file.Bytes(4, 4));
        if (version is not (2 or 3))
        {
            throw Fault($"the version is {version}; supported are 2 and 3, little-endian");
        }

        var (tensors, entries) = (
            Count(BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(8, 8)), "tensors"),
            Count(BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(16, 8)), "entries of metadata"));
        for (var i = 0; i < entries; i++)
        {
            var key = ReadText();
            if (!_metadata.TryAdd(key, ReadValue(key, ReadUInt32())))
            {
                throw Fault($"the metadata have '{key}' twice");
            }
        }

        ReadTensors(tensors);
    }

    /// <summary>Gets the path of the file.</summary>
    public string Path => _file.Path;

    /// <summary>Gets the names of the tensors, in the order of the file.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file is no GGUF file, is damaged, or has a tensor of another type.</exception>
    public static GgufFile Open(string path) => MappedFile.Open(path, file => new GgufFile(file));

    /// <summary>Returns a text of the metadata; <see langword="null"/> if there is none.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="CheckpointFormatException">The value is no text.</exception>
    public string? Text(string key) => Find<string>(key, "a text");

    /// <summary>Returns a whole number of the metadata; <see langword="null"/> if there is none.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="CheckpointFormatException">The value is no whole number.</exception>
    public long? Integer(string key) => _metadata.ContainsKey(key) ? (long)Find<object>(key, "", value => value is long)! : null;

    /// <summary>Returns a number of the metadata; <see langword="null"/> if there is none.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="CheckpointFormatException">The value is no number.</exception>
    public double? Number(string key) => _metadata.ContainsKey(key) ? (double)Find<object>(key, "", value => value is double)! : null;

    /// <summary>Returns a Boolean of the metadata; <see langword="null"/> if there is none.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="CheckpointFormatException">The value is no Boolean.</exception>
    public bool? Flag(string key) => _metadata.ContainsKey(key) ? (bool)Find<object>(key, "", value => value is bool)! : null;

    /// <summary>Returns a list of texts of the metadata; <see langword="null"/> if there is none.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="CheckpointFormatException">The value is no list of texts.</exception>
    public IReadOnlyList<string>? Texts(string key) => Find<string[]>(key, "a list of texts");

    /// <summary>Returns a list of whole numbers of the metadata; <see langword="null"/> if there is none.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="CheckpointFormatException">The value is no list of whole numbers.</exception>
    public IReadOnlyList<long>? Integers(string key) => Find<long[]>(key, "a list of whole numbers");

    /// <summary>Returns a list of numbers of the metadata; <see langword="null"/> if there is none.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="CheckpointFormatException">The value is no list of numbers.</exception>
    public IReadOnlyList<double>? Numbers(string key) => Find<double[]>(key, "a list of numbers");

    /// <summary>Returns the shape of a tensor, outermost dimension first.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <exception cref="CheckpointFormatException">There is no such tensor.</exception>
    public IReadOnlyList<int> Shape(string name) => FindTensor(name).Shape;

    /// <summary>Reads a tensor of any type as float32.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <exception cref="CheckpointFormatException">There is no such tensor, or it has more than 2³¹−1 elements.</exception>
    public Tensor Read(string name)
    {
        var stored = FindTensor(name);
        var tensor = Tensor.Zeros([.. stored.Shape]);
        var (elements, bytes) = GgufBlocks.SizeOf(stored.Type);
        var blocks = Math.Max(1, (1 << 16) / bytes);
        for (var first = 0; first < tensor.Length; first += blocks * elements)
        {
            var part = tensor.Writable[first..Math.Min(tensor.Length, first + (blocks * elements))];
            GgufBlocks.Widen(
                stored.Type, _file.Bytes(stored.Offset + ((long)first / elements * bytes), part.Length / elements * bytes), part);
        }

        _file.KeepAlive();
        return tensor;
    }

    private void ReadTensors(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var name = ReadText();
            var rank = ReadUInt32();
            var sizes = new int[rank <= 4 ? rank : throw Fault($"the tensor '{name}' has {rank} dimensions; expected at most 4")];
            var elements = 1L;
            for (var dimension = sizes.Length - 1; dimension >= 0; dimension--) // the file begins with the innermost
            {
                var size = ReadUInt64();
                sizes[dimension] = size is > 0 and <= int.MaxValue && elements * (long)size <= int.MaxValue
                    ? (int)size
                    : throw Fault($"the tensor '{name}' has a dimension of {size}; expected at most 2^31-1 elements");
                elements *= (long)size;
            }

            var type = (GgufType)ReadUInt32();
            var (block, bytes) = GgufBlocks.SizeOf(type);
            if (block == 0)
            {
                throw Fault($"the tensor '{name}' has the type {(int)type}, which is not supported; supported are F32, F16, BF16, F64, Q4_0, Q4_1, "
                    + "Q5_0, Q5_1, Q8_0 and Q2_K to Q6_K");
            }

            if ((sizes.Length == 0 ? 1 : sizes[^1]) % block != 0)
            {
                throw Fault($"the tensor '{name}' has rows of {sizes[^1]} elements, which blocks of {block} do not fill");
            }

            if (!_tensors.TryAdd(name, new StoredBlocks(type, sizes, Checked(ReadUInt64(), name), elements / block * bytes)))
            {
                throw Fault($"the tensor '{name}' is there twice");
            }
        }

        var alignment = Integer("general.alignment") ?? 32;
        if (alignment is < 1 or > 1 << 20)
        {
            throw Fault($"the alignment is {alignment}");
        }

        var start = (_position + alignment - 1) / alignment * alignment;
        foreach (var (name, stored) in _tensors.ToArray())
        {
            _tensors[name] = stored.Offset <= _file.Length - stored.Bytes - start
                ? stored with { Offset = start + stored.Offset }
                : throw Fault($"the tensor '{name}' is beyond the end of the file, which has {_file.Length} bytes; it is damaged or truncated");
        }
    }

    private object ReadValue(string key, uint type) => type switch
    {
        0 => (long)Take(1)[0],
        1 => (long)(sbyte)Take(1)[0],
        2 => (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        3 => (long)BinaryPrimitives.ReadInt16LittleEndian(Take(2)),
        4 => (long)ReadUInt32(),
        5 => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        6 => (double)BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
        7 => Take(1)[0] != 0,
        8 => ReadText(),
        9 => ReadArray(key),
        10 or 11 => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
        12 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
        _ => throw Fault($"the metadata '{key}' have the type {type}; expected 0 to 12"),
    };

    private object ReadArray(string key)
    {
        const int Smallest = 1;
        var type = ReadUInt32();
        var length = ReadUInt64();
        var count = length <= MostElements && (long)length * Smallest <= _file.Length - _position && type is not 9
            ? (int)length
            : throw Fault($"the metadata '{key}' are a list of {length} values of the type {type}, more than the file has, or lists of lists");
        switch (type)
        {
            case 8:
                var texts = new List<string>();
                for (var i = 0; i < count; i++)
                {
                    texts.Add(ReadText());
                }

                return texts.ToArray();
            case 6 or 12:
                return Values<double>();
            case 7:
                return Values<bool>();
            default:
                return Values<long>();
        }

        // Grows with what is read, so that a wrong length costs no memory.
        T[] Values<T>()
        {
            var values = new List<T>();
            for (var i = 0; i < count; i++)
            {
                values.Add((T)ReadValue(key, type));
            }

            return [.. values];
        }
    }

    private string ReadText()
    {
        var length = ReadUInt64();
        return length <= (ulong)(_file.Length - _position)
            ? Encoding.UTF8.GetString(Take((int)Math.Min(length, int.MaxValue)))
            : throw Fault($"a text of {length} bytes at {_position} goes beyond the end");
    }

    private uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _file.Bytes(_position, count);
        _position += count;
        return taken;
    }

    private int Count(ulong count, string what) => count <= MostEntries
        ? (int)count
        : throw Fault($"the file has {count} {what}; expected at most {MostEntries}");

    private long Checked(ulong offset, string name) => offset <= (ulong)_file.Length
        ? (long)offset
        : throw Fault($"the tensor '{name}' begins at {offset}, but the file has {_file.Length} bytes");

    private T? Find<T>(string key, string expected, Func<object, bool>? fits = null)
        where T : class => !_metadata.TryGetValue(key, out var value)
        ? null
        : value is T found && (fits is null || fits(value))
            ? found
            : throw Fault($"the metadata '{key}' are of another type; expected {(expected.Length == 0 ? "one value" : expected)}");

    private StoredBlocks FindTensor(string name) => _tensors.TryGetValue(name, out var stored)
        ? stored
        : throw Fault($"there is no tensor '{name}' among its {_tensors.Count}");

    private CheckpointFormatException Fault(string problem) => new(_file.Path, problem + ".");

    private sealed record StoredBlocks(GgufType Type, int[] Shape, long Offset, long Bytes);
}
