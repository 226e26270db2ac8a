#:package OnnxSharp@0.3.2
#:package Google.Protobuf@3.36.2
#:property PublishAot=false
#:property ManagePackageVersionsCentrally=false
#:property RestorePackagesWithLockFile=false

// Quantizes the weights of linear layers as quantize_dynamic of ONNX Runtime does: int8, symmetric, one scale for a weight, and inputs of
// uint8 with a scale for each call. onnx-quantize.cs MODEL.onnx OUTPUT.onnx
using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(args[0]));
var graph = model.Graph;
var weights = graph.Initializer.ToDictionary(tensor => tensor.Name);
var inputs = new HashSet<string>(); // quantized so far
var nodes = new List<NodeProto>();
var products = 0;
foreach (var node in graph.Node)
{
    if (node.OpType != "MatMul" || !weights.TryGetValue(node.Input[1], out var weight) || weight.Dims.Count != 2)
    {
        nodes.Add(node);
        continue;
    }

    var (x, w, y) = (node.Input[0], node.Input[1], node.Output[0]);
    if (weights.Remove(w))
    {
        graph.Initializer.Remove(weight);
        Quantize(weight);
    }

    if (inputs.Add(x))
    {
        Add("DynamicQuantizeLinear", [x], [x + "_quantized", x + "_scale", x + "_zero_point"]);
    }

    Add("MatMulInteger", [x + "_quantized", w + "_quantized", x + "_zero_point", w + "_zero_point"], [y + "_integers"]);
    Add("Cast", [y + "_integers"], [y + "_sums"]).Attribute.Add(
        new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)TensorProto.Types.DataType.Float });
    Add("Mul", [x + "_scale", w + "_scale"], [y + "_scale"]);
    Add("Mul", [y + "_sums", y + "_scale"], [y]);
    products++;
}

graph.Node.Clear();
graph.Node.AddRange(nodes);
File.WriteAllBytes(args[1], model.ToByteArray());
Console.WriteLine($"{products} products are quantized, {new FileInfo(args[0]).Length / 1e6:F1} MB became {new FileInfo(args[1]).Length / 1e6:F1} MB");

NodeProto Add(string type, string[] from, string[] to)
{
    var node = new NodeProto { OpType = type, Name = to[0] + "_" + type };
    node.Input.AddRange(from);
    node.Output.AddRange(to);
    nodes.Add(node);
    return node;
}

void Quantize(TensorProto weight)
{
    var values = weight.RawData.IsEmpty ? weight.FloatData.ToArray() : MemoryMarshal.Cast<byte, float>(weight.RawData.Span).ToArray();
    var scale = values.Max(Math.Abs) / sbyte.MaxValue;
    var codes = Array.ConvertAll(values, value => (byte)(sbyte)Math.Clamp(MathF.Round(value / scale), -sbyte.MaxValue, sbyte.MaxValue));
    var quantized = new TensorProto
    {
        Name = weight.Name + "_quantized",
        DataType = (int)TensorProto.Types.DataType.Int8,
        RawData = ByteString.CopyFrom(codes),
    };
    quantized.Dims.AddRange(weight.Dims);
    graph.Initializer.Add(quantized);
    graph.Initializer.Add(new TensorProto
    {
        Name = weight.Name + "_scale",
        DataType = (int)TensorProto.Types.DataType.Float,
        RawData = ByteString.CopyFrom(BitConverter.GetBytes(scale)),
    });
    graph.Initializer.Add(new TensorProto
    {
        Name = weight.Name + "_zero_point",
        DataType = (int)TensorProto.Types.DataType.Int8,
        RawData = ByteString.CopyFrom(0),
    });
}
