using System.Text;
using Semblance.Files.Protobuf;

namespace Semblance.Checkpoints;

/// <summary>
/// Reads the operations and the constants of an ONNX file. The elements of a constant are not copied: they stay in the mapped file, or in
/// the file of external data that the graph names.
/// </summary>
internal sealed class OnnxGraph
{
    private const int MaxParts = 1 << 20; // limits the memory of many short messages

    private readonly MappedFile _file;
    private readonly Dictionary<string, MappedFile> _external = new(StringComparer.Ordinal);
    private readonly List<OnnxNode> _nodes = [];
    private readonly OrderedDictionary<string, OnnxTensor> _constants = [];

    private OnnxGraph(MappedFile file) => _file = file;

    /// <summary>Gets the operations in order.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>Gets the constants by name: initializers and the outputs of <c>Constant</c> operations.</summary>
    public IReadOnlyDictionary<string, OnnxTensor> Constants => _constants;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="CheckpointFormatException">The file is not an ONNX model, or damaged.</exception>
    public static OnnxGraph Open(string path) => MappedFile.Open(path, file =>
    {
        if (file.Length > int.MaxValue)
        {
            throw new CheckpointFormatException(
                path, $"the file has {file.Length:N0} bytes; an ONNX file has at most {int.MaxValue:N0}, and larger weights in a file of external data.");
        }

        try
        {
            var graph = new OnnxGraph(file);
            return graph.ReadModel(file.Bytes(0, (int)file.Length))
                ? graph
                : throw new CheckpointFormatException(path, "the file has no graph; expected an ONNX model.");
        }
        catch (InvalidDataException error)
        {
            throw new CheckpointFormatException(path, $"this is not an ONNX model, or it is damaged: {error.Message}.", error);
        }
    });

    private bool ReadModel(ReadOnlySpan<byte> message)
    {
        var found = false;
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            if (reader.Field == OnnxFields.Model.Graph)
            {
                ReadGraph(reader.Bytes);
                found = true;
            }
        }

        return found;
    }

    private void ReadGraph(ReadOnlySpan<byte> message)
    {
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            if (_nodes.Count + _constants.Count > MaxParts)
            {
                throw new InvalidDataException($"the graph has more than {MaxParts:N0} parts");
            }

            if (reader.Field == OnnxFields.Graph.Nodes)
            {
                ReadNode(reader.Bytes);
            }
            else if (reader.Field == OnnxFields.Graph.Initializers)
            {
                AddConstant(ReadTensor(reader.Bytes, null));
            }
        }
    }

    private void ReadNode(ReadOnlySpan<byte> message)
    {
        string name = "", type = "";
        List<string> inputs = [], outputs = [];
        var integers = new Dictionary<string, long>(StringComparer.Ordinal);
        ReadOnlySpan<byte> constant = default;
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            switch (reader.Field)
            {
                case OnnxFields.Node.Inputs:
                    inputs.Add(Text(reader.Bytes));
                    break;
                case OnnxFields.Node.Outputs:
                    outputs.Add(Text(reader.Bytes));
                    break;
                case OnnxFields.Node.Name:
                    name = Text(reader.Bytes);
                    break;
                case OnnxFields.Node.Operator:
                    type = Text(reader.Bytes);
                    break;
                case OnnxFields.Node.Attributes:
                    var tensor = ReadAttribute(reader.Bytes, integers);
                    constant = tensor.IsEmpty ? constant : tensor;
                    break;
            }
        }

        if (type == "Constant" && outputs is [var output] && !constant.IsEmpty)
        {
            AddConstant(ReadTensor(constant, output));
        }
        else
        {
            _nodes.Add(new OnnxNode(type, name, inputs, outputs, integers));
        }
    }

    // Returns the message of a tensor, if the attribute is one.
    private static ReadOnlySpan<byte> ReadAttribute(ReadOnlySpan<byte> message, Dictionary<string, long> integers)
    {
        var name = "";
        long? integer = null;
        ReadOnlySpan<byte> tensor = default;
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            switch (reader.Field)
            {
                case OnnxFields.Attribute.Name:
                    name = Text(reader.Bytes);
                    break;
                case OnnxFields.Attribute.Integer:
                    integer = (long)reader.Number;
                    break;
                case OnnxFields.Attribute.Tensor:
                    tensor = reader.Bytes;
                    break;
            }
        }

        if (integer is { } value)
        {
            integers[name] = value;
        }

        return tensor;
    }

    private void AddConstant(OnnxTensor? tensor)
    {
        if (tensor is not null && !_constants.TryAdd(tensor.Info.Name, tensor))
        {
            throw new InvalidDataException($"the constant '{tensor.Info.Name}' is there twice");
        }
    }

    // Returns null for a tensor of texts, or of a type that no model has.
    private OnnxTensor? ReadTensor(ReadOnlySpan<byte> message, string? output)
    {
        var name = output ?? "";
        var element = OnnxElement.Text;
        List<long> sizes = [], numbers = [];
        ReadOnlySpan<byte> data = default;
        var isExternal = false;
        var external = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            switch (reader.Field)
            {
                case OnnxFields.Tensor.Dimensions:
                    reader.AddNumbersTo(sizes);
                    break;
                case OnnxFields.Tensor.Element:
                    element = (OnnxElement)reader.Varint32;
                    break;
                case OnnxFields.Tensor.Name:
                    name = output ?? Text(reader.Bytes);
                    break;
                case OnnxFields.Tensor.RawData or OnnxFields.Tensor.Floats or OnnxFields.Tensor.Doubles when !reader.Bytes.IsEmpty:
                    data = reader.Bytes; // packed floats have the bytes of raw data
                    break;
                case OnnxFields.Tensor.Int32s or OnnxFields.Tensor.Int64s:
                    reader.AddNumbersTo(numbers);
                    break;
                case OnnxFields.Tensor.DataLocation:
                    isExternal = reader.Flag;
                    break;
                case OnnxFields.Tensor.ExternalData:
                    ReadEntry(reader.Bytes, external);
                    break;
            }
        }

        if (TypeOf(element) is not { } type)
        {
            return null;
        }

        var info = InfoOf(name, type, sizes);
        if (isExternal)
        {
            return External(info, external);
        }

        if (numbers.Count > 0)
        {
            return numbers.Count == info.Count && info.DType is not (DType.F32 or DType.F64 or DType.F16 or DType.BF16)
                ? new OnnxTensor(info, null, numbers)
                : throw new InvalidDataException($"the constant {info} has {numbers.Count} whole numbers");
        }

        return data.Length == info.ByteCount
            ? new OnnxTensor(info, new StoredTensor(info, _file, _file.OffsetOf(data)), null)
            : throw new InvalidDataException($"the constant {info} has {data.Length} bytes, not {info.ByteCount}");
    }

    private static TensorInfo InfoOf(string name, DType type, List<long> sizes)
    {
        if (sizes.Count > 32 || sizes.Exists(size => size is < 0 or > int.MaxValue))
        {
            throw new InvalidDataException($"the constant '{name}' has the shape [{string.Join(", ", sizes.Take(33))}]");
        }

        try
        {
            var info = new TensorInfo(name, type, sizes.ConvertAll(size => (int)size));
            return info.ByteCount >= 0 ? info : throw new OverflowException();
        }
        catch (OverflowException)
        {
            throw new InvalidDataException($"the constant '{name}' has the shape [{string.Join(", ", sizes)}], which is too large");
        }
    }

    private static void ReadEntry(ReadOnlySpan<byte> message, Dictionary<string, string> entries)
    {
        string key = "", value = "";
        for (var reader = new ProtobufReader(message); reader.Read();)
        {
            (key, value) = reader.Field switch
            {
                OnnxFields.Entry.Key => (Text(reader.Bytes), value),
                OnnxFields.Entry.Value => (key, Text(reader.Bytes)),
                _ => (key, value),
            };
        }

        entries[key] = value;
    }

    // The place is untrusted: a plain file name in the folder of the graph.
    private OnnxTensor External(TensorInfo info, Dictionary<string, string> place)
    {
        var name = place.GetValueOrDefault("location", "");
        var offset = 0L;
        var length = info.ByteCount;
        if (name is "" or "." or ".." || name.AsSpan().ContainsAny("/\\:\0")
            || (place.TryGetValue("offset", out var start) && !(long.TryParse(start, out offset) && offset >= 0))
            || (place.TryGetValue("length", out var bytes) && !(long.TryParse(bytes, out length) && length == info.ByteCount)))
        {
            throw new InvalidDataException(
                $"the external data of {info} are '{name}' from {offset} with {length} bytes; expected {info.ByteCount} bytes of a file in the "
                + "same folder");
        }

        if (!_external.TryGetValue(name, out var file))
        {
            var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_file.Path))!, name);
            _external[name] = file = MappedFile.Open(path, opened => opened);
        }

        return offset <= file.Length - length
            ? new OnnxTensor(info, new StoredTensor(info, file, offset), null)
            : throw new InvalidDataException($"the constant {info} is beyond the end of '{name}', which has {file.Length} bytes");
    }

    private static DType? TypeOf(OnnxElement element) => element switch
    {
        OnnxElement.Float => DType.F32,
        OnnxElement.UInt8 => DType.U8,
        OnnxElement.Int8 => DType.I8,
        OnnxElement.UInt16 => DType.U16,
        OnnxElement.Int16 => DType.I16,
        OnnxElement.Int32 => DType.I32,
        OnnxElement.Int64 => DType.I64,
        OnnxElement.Bool => DType.Bool,
        OnnxElement.Float16 => DType.F16,
        OnnxElement.Double => DType.F64,
        OnnxElement.UInt32 => DType.U32,
        OnnxElement.UInt64 => DType.U64,
        OnnxElement.BFloat16 => DType.BF16,
        _ => null,
    };

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
