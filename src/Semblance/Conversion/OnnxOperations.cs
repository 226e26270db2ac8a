using System.Globalization;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Conversion;

/// <summary>Adds operations to a graph, each with one output, and constants that are shared.</summary>
/// <param name="graph">The graph.</param>
internal sealed class OnnxOperations(OnnxWriter graph)
{
    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Gets the graph.</summary>
    public OnnxWriter Graph => graph;

    /// <summary>Adds an operation.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="attributes">The attributes.</param>
    /// <returns>The name of the output.</returns>
    public string Add(string type, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes) => AddAt("", type, inputs, attributes);

    /// <summary>Adds an operation with the name of a layer, such as <c>encoder.layer.0.output.dense</c>.</summary>
    public string AddAt(string layer, string type, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        var path = (layer.Length == 0 ? "/" : $"/{layer.Replace('.', '/')}/") + type;
        var name = path;
        for (var number = 1; !_names.Add(name); number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{path}_{number}");
        }

        graph.AddNode(type, name, inputs, [name + "_output_0"], attributes);
        return name + "_output_0";
    }

    /// <summary>Returns a constant of one number.</summary>
    public string Number(float value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"number_{value:R}");
        if (_constants.Add(name))
        {
            graph.AddConstant(name, Tensor.From([value], []));
        }

        return name;
    }

    /// <summary>Returns a constant of one whole number.</summary>
    public string Integer(long value) => Shared(string.Create(CultureInfo.InvariantCulture, $"integer_{value}"), [value], []);

    /// <summary>Returns a constant list of whole numbers, such as a shape.</summary>
    public string List(params ReadOnlySpan<long> values) => Shared(
        "list_" + string.Join('_', values.ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture))), values, [values.Length]);

    /// <summary>Returns a constant list of many whole numbers.</summary>
    public string LongList(ReadOnlySpan<int> values)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"indices_{_constants.Count}");
        return Shared(name, [.. values.ToArray()], [values.Length]);
    }

    /// <summary>Changes the shape; 0 keeps a dimension, and −1 is what is left.</summary>
    public string Reshape(string x, params ReadOnlySpan<long> shape) => Add("Reshape", [x, List(shape)]);

    /// <summary>Changes the order of the dimensions.</summary>
    public string Transpose(string x, params ReadOnlySpan<long> order) => Add("Transpose", [x], OnnxAttribute.Of("perm", order));

    /// <summary>Adds a dimension of the size 1.</summary>
    public string Unsqueeze(string x, params ReadOnlySpan<long> axes) => Add("Unsqueeze", [x, List(axes)]);

    /// <summary>Chooses a range along an axis.</summary>
    public string Slice(string x, long axis, long first, long end) => Add("Slice", [x, List(first), List(end), List(axis)]);

    /// <summary>Sums along an axis.</summary>
    public string Sum(string x, long axis, bool keepsAxis) =>
        Add("ReduceSum", [x, List(axis)], OnnxAttribute.Of("keepdims", keepsAxis ? 1L : 0L));

    /// <summary>Converts to float32 or int64.</summary>
    public string Cast(string x, bool toInteger) => Add("Cast", [x], OnnxAttribute.Of("to", toInteger ? 7L : 1L));

    private string Shared(string name, ReadOnlySpan<long> values, ReadOnlySpan<long> shape)
    {
        if (_constants.Add(name))
        {
            graph.AddConstant(name, values, shape);
        }

        return name;
    }
}
