using System.Globalization;
using Semblance.Files;
using Semblance.Files.Protobuf;
using Semblance.Tensors;

namespace Semblance.Checkpoints;

/// <summary>
/// Collects the operations and the constants of a graph and writes them as an ONNX file (<see href="https://onnx.ai"/>). The constants are
/// not copied: they are read when <see cref="Save"/> runs.
/// </summary>
/// <param name="producer">The name of the program that wrote the file.</param>
/// <param name="opset">The version of the operators. 17 by default, which ONNX Runtime 1.12 and later run.</param>
public sealed class OnnxWriter(string producer, int opset = 17)
{
    // A message of Protocol Buffers has less than 2 GiB; some is left for the operations.
    private const long MostInside = int.MaxValue - (64L << 20);

    private const int IrVersion = 8; // the one of opset 17
    private const int Alignment = 64;
    private const int IntegerType = 2, NumberType = 1, IntegersType = 7; // AttributeProto.AttributeType

    private readonly ProtobufWriter _nodes = new();
    private readonly OrderedDictionary<string, Constant> _constants = [];
    private readonly List<OnnxValue> _inputs = [];
    private readonly List<OnnxValue> _outputs = [];
    private readonly SortedSet<string> _domains = new(StringComparer.Ordinal);

    /// <summary>Gets the number of bytes of constants above which they are written into a file of external data; for tests.</summary>
    internal long MostInFile { get; init; } = MostInside;

    /// <summary>Adds an input of the graph.</summary>
    /// <param name="value">The input.</param>
    public void AddInput(OnnxValue value) => _inputs.Add(value);

    /// <summary>Adds an output of the graph.</summary>
    /// <param name="value">The output, whose name an operation computes.</param>
    public void AddOutput(OnnxValue value) => _outputs.Add(value);

    /// <summary>Adds an operation.</summary>
    /// <param name="type">The operator, such as <c>MatMul</c>; of another domain than ONNX's own as <c>domain::operator</c>.</param>
    /// <param name="name">The name.</param>
    /// <param name="inputs">The names of the inputs; empty for an absent one.</param>
    /// <param name="outputs">The names of the outputs.</param>
    /// <param name="attributes">The attributes.</param>
    public void AddNode(
        string type, string name, IEnumerable<string> inputs, IEnumerable<string> outputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        var node = new ProtobufWriter();
        foreach (var input in inputs)
        {
            node.AddText(OnnxFields.Node.Inputs, input);
        }

        foreach (var output in outputs)
        {
            node.AddText(OnnxFields.Node.Outputs, output);
        }

        var (domain, plain) = type.Split("::") is [var first, var second] ? (first, second) : ("", type);
        node.AddText(OnnxFields.Node.Name, name).AddText(OnnxFields.Node.Operator, plain);
        foreach (var attribute in attributes)
        {
            node.AddMessage(OnnxFields.Node.Attributes, MessageOf(attribute));
        }

        if (domain.Length > 0)
        {
            node.AddText(OnnxFields.Node.Domain, domain);
            _domains.Add(domain);
        }

        _nodes.AddMessage(OnnxFields.Graph.Nodes, node);
    }

    /// <summary>Adds a constant of float32.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tensor">The elements.</param>
    /// <param name="transposed"><see langword="true"/> to write a matrix transposed. <see langword="false"/> by default.</param>
    /// <exception cref="ArgumentException">The name exists already.</exception>
    public void AddConstant(string name, Tensor tensor, bool transposed = false)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        long[] shape = [.. tensor.Shape.ToArray()];
        if (transposed)
        {
            Array.Reverse(shape);
        }

        Add(name, OnnxElement.Float, shape, sizeof(float) * (long)tensor.Length, stream =>
        {
            using var other = transposed ? OnnxWeight.Transpose(tensor) : null;
            SafetensorsWriter.WriteValues(stream, (other ?? tensor).Values);
            GC.KeepAlive(tensor);
        });
    }

    /// <summary>Adds a constant of int64.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">The elements.</param>
    /// <param name="shape">The size of each dimension; none for a single number.</param>
    /// <exception cref="ArgumentException">The name exists already.</exception>
    public void AddConstant(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> shape)
    {
        var written = values.ToArray();
        Add(name, OnnxElement.Int64, shape, sizeof(long) * (long)written.Length, stream => SafetensorsWriter.WriteValues<long>(stream, written));
    }

    /// <summary>Adds a constant of int8.</summary>
    internal void AddConstant(string name, sbyte[] values, params ReadOnlySpan<long> shape) =>
        Add(name, OnnxElement.Int8, shape, values.Length, stream => SafetensorsWriter.WriteValues<sbyte>(stream, values));

    /// <summary>
    /// Writes the file under a temporary name and renames it. Constants of more than about 2 GB are written into a second file, whose name
    /// ends with <c>.data</c>.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var isExternal = _constants.Values.Sum(constant => constant.Bytes) > MostInFile;
        var external = isExternal ? path + ".data" : null;
        if (external is not null)
        {
            SaveExternal(external);
        }

        using var file = new AtomicFile(path);
        WriteModel(file.Stream, external is null ? null : Path.GetFileName(external));
        file.Commit();
    }

    private void SaveExternal(string path)
    {
        using var file = new AtomicFile(path);
        var position = 0L;
        foreach (var constant in _constants.Values)
        {
            file.Stream.Write(new byte[Aligned(position) - position]);
            constant.Write(file.Stream);
            position = Aligned(position) + constant.Bytes;
        }

        file.Commit();
    }

    private void WriteModel(Stream stream, string? external)
    {
        var position = 0L;
        var headers = new List<(ProtobufWriter Header, Constant Constant)>();
        foreach (var (name, constant) in _constants)
        {
            position = Aligned(position);
            headers.Add((HeaderOf(name, constant, external, position), constant));
            position += constant.Bytes;
        }

        long SizeOf(Constant constant) => external is null ? constant.Bytes : 0;
        var before = new ProtobufWriter();
        before.AddText(OnnxFields.Graph.Name, producer);
        var after = new ProtobufWriter();
        AddValues(after, OnnxFields.Graph.Inputs, _inputs);
        AddValues(after, OnnxFields.Graph.Outputs, _outputs);
        var graph = (long)before.Written.Length + _nodes.Written.Length + after.Written.Length;
        foreach (var (header, constant) in headers)
        {
            graph += new ProtobufWriter().AddLength(OnnxFields.Graph.Initializers, header.Written.Length + SizeOf(constant)).Written.Length
                + header.Written.Length + SizeOf(constant);
        }

        var model = new ProtobufWriter().AddVarint(OnnxFields.Model.IrVersion, IrVersion).AddText(OnnxFields.Model.ProducerName, producer);
        foreach (var domain in _domains.Prepend(""))
        {
            model.AddMessage(
                OnnxFields.Model.OperatorSets,
                new ProtobufWriter().AddText(OnnxFields.OperatorSet.Domain, domain)
                    .AddVarint(OnnxFields.OperatorSet.Version, domain.Length == 0 ? opset : 1));
        }

        stream.Write(model.AddLength(OnnxFields.Model.Graph, graph).Written);
        stream.Write(before.Written);
        stream.Write(_nodes.Written);
        foreach (var (header, constant) in headers)
        {
            stream.Write(new ProtobufWriter().AddLength(OnnxFields.Graph.Initializers, header.Written.Length + SizeOf(constant)).Written);
            stream.Write(header.Written);
            if (external is null)
            {
                constant.Write(stream);
            }
        }

        stream.Write(after.Written);
    }

    // The message of a constant; the bytes of its elements follow, unless they are in a file of their own.
    private static ProtobufWriter HeaderOf(string name, Constant constant, string? external, long position)
    {
        var header = new ProtobufWriter();
        foreach (var size in constant.Shape)
        {
            header.AddVarint(OnnxFields.Tensor.Dimensions, size);
        }

        header.AddVarint(OnnxFields.Tensor.Element, (long)constant.Element).AddText(OnnxFields.Tensor.Name, name);
        if (external is null)
        {
            return header.AddLength(OnnxFields.Tensor.RawData, constant.Bytes);
        }

        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)
            [
                ("location", external), ("offset", position.ToString(CultureInfo.InvariantCulture)),
                ("length", constant.Bytes.ToString(CultureInfo.InvariantCulture)),
            ])
        {
            header.AddMessage(
                OnnxFields.Tensor.ExternalData,
                new ProtobufWriter().AddText(OnnxFields.Entry.Key, key).AddText(OnnxFields.Entry.Value, value));
        }

        return header.AddVarint(OnnxFields.Tensor.DataLocation, 1);
    }

    private static void AddValues(ProtobufWriter graph, int field, IEnumerable<OnnxValue> values)
    {
        foreach (var value in values)
        {
            var shape = new ProtobufWriter();
            foreach (var size in value.Shape)
            {
                shape.AddMessage(
                    OnnxFields.Shape.Dimensions,
                    long.TryParse(size, CultureInfo.InvariantCulture, out var number)
                        ? new ProtobufWriter().AddVarint(OnnxFields.Dimension.Size, number)
                        : new ProtobufWriter().AddText(OnnxFields.Dimension.Name, size));
            }

            var tensor = new ProtobufWriter()
                .AddVarint(OnnxFields.TensorType.Element, (long)(value.IsInteger ? OnnxElement.Int64 : OnnxElement.Float))
                .AddMessage(OnnxFields.TensorType.Shape, shape);
            graph.AddMessage(field, new ProtobufWriter().AddText(OnnxFields.Value.Name, value.Name)
                .AddMessage(OnnxFields.Value.Type, new ProtobufWriter().AddMessage(OnnxFields.ValueType.Tensor, tensor)));
        }
    }

    private static ProtobufWriter MessageOf(OnnxAttribute attribute)
    {
        var message = new ProtobufWriter().AddText(OnnxFields.Attribute.Name, attribute.Name);
        if (attribute.Integer is { } integer)
        {
            return message.AddVarint(OnnxFields.Attribute.Integer, integer).AddVarint(OnnxFields.Attribute.Type, IntegerType);
        }

        if (attribute.Number is { } number)
        {
            return message.AddFixed32(OnnxFields.Attribute.Number, number).AddVarint(OnnxFields.Attribute.Type, NumberType);
        }

        foreach (var value in attribute.Integers!)
        {
            message.AddVarint(OnnxFields.Attribute.Integers, value);
        }

        return message.AddVarint(OnnxFields.Attribute.Type, IntegersType);
    }

    private static long Aligned(long position) => (position + Alignment - 1) / Alignment * Alignment;

    private void Add(string name, OnnxElement element, ReadOnlySpan<long> shape, long bytes, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_constants.TryAdd(name, new Constant(element, shape.ToArray(), bytes, write)))
        {
            throw new ArgumentException($"There is already a constant '{name}'; use another name.", nameof(name));
        }
    }

    private sealed record Constant(OnnxElement Element, long[] Shape, long Bytes, Action<Stream> Write);
}
