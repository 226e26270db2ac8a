using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Semblance.Files;
using Parameter = Semblance.Tensors.Parameter;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Checkpoints;

/// <summary>Collects named arrays and writes them as one safetensors file.</summary>
/// <remarks>The arrays are not copied: they are read when <see cref="Save"/> runs.</remarks>
public sealed class SafetensorsWriter
{
    /// <summary>
    /// The <c>format</c> of a file of int8 weights, and the <c>quant_method</c> that <c>config.json</c> has beside it.
    /// </summary>
    public const string Int8Format = Int8Layout.Format;

    private const int Alignment = 64;
    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>
    /// Gets the <c>__metadata__</c> of the header; initially <c>format: pt</c>, which readers of models require.
    /// <see cref="Add(string, Int8Weights)"/> changes it.
    /// </summary>
    public IDictionary<string, string> Metadata { get; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" };

    /// <summary>Adds a float32 tensor.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="type">
    /// The type that it is written in: <see cref="DType.F32"/>, <see cref="DType.F16"/> or <see cref="DType.BF16"/>, rounded to the
    /// nearest, ties to even.
    /// </param>
    /// <exception cref="ArgumentException">The name exists already, or the type is not supported.</exception>
    public void Add(string name, Tensor tensor, DType type = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Action<string, Stream> write = type switch
        {
            DType.F32 => (_, stream) => WriteValues(stream, tensor.Values),
            DType.F16 or DType.BF16 => (path, stream) => WriteHalves(stream, tensor.Values, type, name, path),
            _ => throw new ArgumentException(
                $"The type is {type}, which is not supported; supported are {DType.F32}, {DType.F16} and {DType.BF16}.", nameof(type)),
        };
        Add(name, type, tensor.Length, tensor.Shape, (path, stream) =>
        {
            write(path, stream);
            GC.KeepAlive(tensor);
        });
    }

    /// <summary>Adds parameters under their names.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="type">
    /// The type that they are written in: <see cref="DType.F32"/>, <see cref="DType.F16"/> or <see cref="DType.BF16"/>.
    /// </param>
    /// <param name="prefix">What stands before each name.</param>
    /// <exception cref="ArgumentException">A name is taken, or the type is another.</exception>
    public void Add(IEnumerable<Parameter> parameters, DType type = DType.F32, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (var parameter in parameters)
        {
            Add(prefix + parameter.Name, parameter.Value, type);
        }
    }

    /// <summary>
    /// Adds int8 weights: the codes under the name, the scales under the name with <c>_scale</c>. The <c>format</c> of the file becomes
    /// <c>semblance-int8</c>, so that a reader that would ignore the scales refuses the file.
    /// </summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="weights">The weights.</param>
    /// <exception cref="ArgumentException">A name exists already.</exception>
    public void Add(string name, Int8Weights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Add(name, DType.I8, weights.Codes.Length, weights.Shape.ToArray(), (_, stream) => WriteValues(stream, weights.Codes.Span));
        Add(
            name + Int8Layout.Suffix, DType.F32, weights.Scales.Length, Int8Layout.ScaleShape(weights.Shape, weights.Channels),
            (_, stream) => WriteValues(stream, weights.Scales.Span));
        Metadata["format"] = Int8Layout.Format;
    }

    /// <summary>Adds an array of 64-bit integers.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <exception cref="ArgumentException">The name exists already, or the values do not fill the shape.</exception>
    public void Add(string name, ReadOnlyMemory<long> values, params ReadOnlySpan<int> shape) =>
        Add(name, DType.I64, values.Length, shape, (_, stream) => WriteValues(stream, values.Span));

    /// <summary>Adds an array of int8.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <exception cref="ArgumentException">The name exists already, or the values do not fill the shape.</exception>
    public void Add(string name, ReadOnlyMemory<sbyte> values, params ReadOnlySpan<int> shape) =>
        Add(name, DType.I8, values.Length, shape, (_, stream) => WriteValues(stream, values.Span));

    /// <summary>Adds an array of uint8.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="values">The elements, in row-major order.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <exception cref="ArgumentException">The name exists already, or the values do not fill the shape.</exception>
    public void Add(string name, ReadOnlyMemory<byte> values, params ReadOnlySpan<int> shape) =>
        Add(name, DType.U8, values.Length, shape, (_, stream) => WriteValues(stream, values.Span));

    /// <summary>
    /// Writes the file under a temporary name and renames it, so that after a crash there is the old file or the new one.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="CheckpointFormatException">A value is out of the range of the type in which it is written.</exception>
    public void Save(string path)
    {
        // In the order of the reference: wide types first, so that every tensor is aligned, then by name.
        var entries = _entries.Values
            .OrderByDescending(entry => TensorInfo.SizeOf(entry.Info.DType))
            .ThenBy(entry => entry.Info.Name, StringComparer.Ordinal)
            .ToList();
        using var file = new AtomicFile(path);
        file.Stream.Write(Header(Metadata, entries.Select(entry => entry.Info)));
        foreach (var entry in entries)
        {
            entry.Write(path, file.Stream);
        }

        file.Commit();
    }

    /// <summary>
    /// Returns the bytes before the data, padded with spaces to the alignment of the data and to at least <paramref name="minLength"/>
    /// bytes.
    /// </summary>
    internal static byte[] Header(IDictionary<string, string> metadata, IEnumerable<TensorInfo> tensors, int minLength = 0)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (metadata.Count > 0)
            {
                writer.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata)
                {
                    writer.WriteString(key, value);
                }

                writer.WriteEndObject();
            }

            var position = 0L;
            foreach (var tensor in tensors)
            {
                WriteEntry(writer, tensor, position);
                position += tensor.ByteCount;
            }

            writer.WriteEndObject();
        }

        var length = Math.Max(sizeof(long) + json.WrittenCount, minLength);
        var header = new byte[(length + Alignment - 1) / Alignment * Alignment];
        header.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - sizeof(long));
        json.WrittenSpan.CopyTo(header.AsSpan(sizeof(long)));
        return header;
    }

    /// <summary>Writes values in their memory layout.</summary>
    internal static void WriteValues<T>(Stream stream, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        const int Chunk = 1 << 20; // the bytes of a large tensor exceed one span
        for (; !values.IsEmpty; values = values[Math.Min(Chunk, values.Length)..])
        {
            stream.Write(MemoryMarshal.AsBytes(values[..Math.Min(Chunk, values.Length)]));
        }
    }

    // Infinities and NaN are kept; a finite value that would become infinite is an error.
    private static void WriteHalves(Stream stream, ReadOnlySpan<float> values, DType type, string name, string path)
    {
        const int Chunk = 1 << 16;
        var halves = new ushort[Math.Min(Chunk, values.Length)];
        for (; !values.IsEmpty; values = values[Math.Min(Chunk, values.Length)..])
        {
            var chunk = values[..Math.Min(Chunk, values.Length)];
            if (type == DType.F16)
            {
                TensorPrimitives.ConvertToHalf(chunk, MemoryMarshal.Cast<ushort, Half>(halves.AsSpan()));
            }
            else
            {
                HalfPrecision.NarrowUpper(chunk, halves);
            }

            // In both types all bits of the exponent are 1.
            var exponent = type == DType.F16 ? 0x7C00 : 0x7F80;
            for (var i = 0; i < chunk.Length; i++)
            {
                if ((halves[i] & exponent) == exponent && float.IsFinite(chunk[i]))
                {
                    throw new CheckpointFormatException(
                        path,
                        $"the tensor '{name}' has the value {chunk[i].ToString(CultureInfo.InvariantCulture)}, but the maximum of "
                        + $"{(type == DType.F16 ? "float16 is 65504" : "bfloat16 is 3.39e38")}; write the weights as float32.");
                }
            }

            stream.Write(MemoryMarshal.AsBytes(halves.AsSpan(0, chunk.Length)));
        }
    }

    private static void WriteEntry(Utf8JsonWriter writer, TensorInfo tensor, long position)
    {
        writer.WriteStartObject(tensor.Name);
        writer.WriteString("dtype", tensor.DType.ToString().ToUpperInvariant());
        writer.WriteStartArray("shape");
        foreach (var size in tensor.Shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(position);
        writer.WriteNumberValue(position + tensor.ByteCount);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Add(string name, DType type, int count, ReadOnlySpan<int> shape, Action<string, Stream> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        var info = new TensorInfo(name, type, shape.ToArray());
        if (info.Count != count)
        {
            throw new ArgumentException($"There are {count} values, which do not fill the tensor {info}.", nameof(shape));
        }

        if (name == "__metadata__" || !_entries.TryAdd(name, new Entry(info, write)))
        {
            throw new ArgumentException($"There is already a tensor '{name}'; use another name.", nameof(name));
        }
    }

    private readonly record struct Entry(TensorInfo Info, Action<string, Stream> Write);
}
