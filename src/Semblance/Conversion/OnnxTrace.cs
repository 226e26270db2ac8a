using System.Globalization;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Conversion;

/// <summary>
/// Writes the operations of a computation of one sequence as a graph over padded batches: a tensor with a row for each token becomes one of
/// <c>[batch × sequence × columns]</c>, one with a row for each sequence <c>[batch × columns]</c>, and all others depend on parameters
/// alone.
/// </summary>
internal sealed class OnnxTrace : IOperationTrace
{
    private readonly OnnxOperations _graph;
    private readonly OnnxInputs _inputs;
    private readonly PackedBatch _batch;
    private readonly Dictionary<Tensor, string> _parameters = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Tensor, Value> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(Tensor Tensor, bool IsTransposed), string> _constants = [];
    private readonly Dictionary<RotaryPositions, (string Cosines, string Sines)> _rotations = new(ReferenceEqualityComparer.Instance);
    private readonly OnnxAttention _attention;

    /// <summary>Initializes a new instance of the <see cref="OnnxTrace"/> class.</summary>
    /// <param name="writer">The graph.</param>
    /// <param name="batch">The batch of the computation: one sequence.</param>
    /// <param name="parameters">The parameters, which keep their names.</param>
    public OnnxTrace(OnnxWriter writer, PackedBatch batch, IEnumerable<Parameter> parameters)
    {
        _graph = new OnnxOperations(writer);
        _inputs = new OnnxInputs(_graph);
        _attention = new OnnxAttention(_graph, _inputs);
        _batch = batch;
        foreach (var (name, tensor) in parameters)
        {
            _parameters.TryAdd(tensor, name);
        }
    }

    private enum Kind
    {
        Tokens,
        Sequences,
        Table,
        Heads,
    }

    /// <summary>Declares the inputs that the operations read, and an output.</summary>
    /// <param name="outputs">The tensors and their names.</param>
    public void Finish(params ReadOnlySpan<(Tensor Tensor, string Name)> outputs)
    {
        _inputs.Declare();
        foreach (var (tensor, name) in outputs)
        {
            var value = Find(tensor);
            _graph.Graph.AddNode("Identity", "/" + name, [value.Name], [name]);
            string[] rows = value.Kind == Kind.Tokens ? ["batch_size", "sequence_length"] : ["batch_size"];
            _graph.Graph.AddOutput(new OnnxValue(name, isInteger: false, [.. rows, tensor.Columns.ToString(CultureInfo.InvariantCulture)]));
        }
    }

    public void Embed(Tensor y, PackedBatch batch, Tensor words, Tensor? positions, Tensor? types, int[]? positionIds)
    {
        var sum = _graph.Add("Gather", [Constant(words), OnnxInputs.TokenIds]);
        if (types is not null)
        {
            sum = _graph.Add("Add", [sum, _graph.Add("Gather", [Constant(types), types.Rows == 1 ? _graph.Integer(0) : _inputs.Types()])]);
        }

        if (positions is not null)
        {
            // Positions of their own begin after the padding id.
            var places = positionIds is null ? _inputs.Range : _inputs.PositionsAfter(positionIds[0] - 1);
            sum = _graph.Add("Add", [sum, _graph.Add("Gather", [Constant(positions), places])]);
        }

        Set(y, sum, Kind.Tokens);
    }

    public void Lookup(Tensor y, Tensor table, int[] rows) =>
        Set(y, _graph.Add("Gather", [Constant(table), _graph.LongList(rows)]), Kind.Table);

    public void Linear(Tensor y, Tensor x, Linear layer, Activation activation)
    {
        var input = Find(x);
        Set(y, Activated(Product(input, layer), activation), input.Kind);
    }

    public void AddLinear(Tensor y, Tensor sum, Tensor x, Linear layer)
    {
        var input = Find(x);
        Set(y, _graph.Add("Add", [Find(sum).Name, Product(input, layer)]), input.Kind);
    }

    public void LayerNorm(Tensor y, Tensor x, Tensor? residual, LayerNorm layer)
    {
        var input = Find(x);
        var sum = residual is null ? input.Name : _graph.Add("Add", [input.Name, Find(residual).Name]);
        string[] inputs = layer.Bias is { } bias ? [sum, Constant(layer.Weight), Constant(bias)] : [sum, Constant(layer.Weight)];
        Set(
            y,
            _graph.AddAt(LayerOf(layer.Weight), "LayerNormalization", inputs, OnnxAttribute.Of("axis", -1L), OnnxAttribute.Of("epsilon", layer.Epsilon)),
            input.Kind);
    }

    public void RmsNorm(Tensor y, Tensor x, RmsNorm layer)
    {
        var input = Find(x);
        var isWhole = layer.Columns == x.Columns;
        var groups = isWhole ? input.Name : _graph.Reshape(input.Name, [.. Leading(input), -1, layer.Columns]);
        var squares = _graph.Add("ReduceMean", [_graph.Add("Mul", [groups, groups])], OnnxAttribute.Of("axes", [-1L]));
        var norm = _graph.Add("Sqrt", [_graph.Add("Add", [squares, _graph.Number(layer.Epsilon)])]);
        var weight = layer.Offset == 0 ? Constant(layer.Weight) : _graph.Add("Add", [Constant(layer.Weight), _graph.Number(layer.Offset)]);
        var normed = _graph.Add("Mul", [_graph.Add("Div", [groups, norm]), weight]);
        Set(y, isWhole ? normed : _graph.Reshape(normed, [.. Leading(input), -1]), input.Kind);
    }

    public void Normalize(Tensor y, Tensor x)
    {
        var input = Find(x);
        var norm = _graph.Add("ReduceL2", [input.Name], OnnxAttribute.Of("axes", [-1L]));
        Set(y, _graph.Add("Div", [input.Name, _graph.Add("Max", [norm, _graph.Number(1e-12f)])]), input.Kind);
    }

    public void Activate(Tensor y, Tensor x, Activation activation)
    {
        var input = Find(x);
        Set(y, Activated(input.Name, activation), input.Kind);
    }

    public void Add(Tensor y, Tensor a, Tensor b) => Combine("Add", y, a, b);

    public void Subtract(Tensor y, Tensor a, Tensor b) => Combine("Sub", y, a, b);

    public void Multiply(Tensor y, Tensor a, Tensor b) => Combine("Mul", y, a, b);

    public void Scale(Tensor y, Tensor x, float factor, float offset)
    {
        var input = Find(x);
        var scaled = _graph.Add("Mul", [input.Name, _graph.Number(factor)]);
        Set(y, offset == 0 ? scaled : _graph.Add("Add", [scaled, _graph.Number(offset)]), input.Kind);
    }

    public void AddRow(Tensor y, Tensor x, Tensor row) => Combine("Add", y, x, row);

    public void ScaleColumns(Tensor y, Tensor x, Tensor factors) => Combine("Mul", y, x, factors);

    public void Columns(Tensor y, Tensor x, int first, int count, int period)
    {
        var input = Find(x);
        var isWhole = period == x.Columns;
        var groups = isWhole ? input.Name : _graph.Reshape(input.Name, [.. Leading(input), -1, period]);
        var chosen = _graph.Slice(groups, -1, first, first + count);
        Set(y, isWhole ? chosen : _graph.Reshape(chosen, [.. Leading(input), -1]), input.Kind);
    }

    public void ConcatenateColumns(Tensor y, IReadOnlyList<Tensor> parts) => Set(
        y, _graph.Add("Concat", [.. parts.Select(part => Find(part).Name)], OnnxAttribute.Of("axis", -1L)), Find(parts[0]).Kind);

    public void Rows(Tensor y, Tensor x, int[] rows)
    {
        var input = Find(x);
        if (input.Kind == Kind.Tokens && rows is [var row] && (row == 0 || row == _batch.TokenCount - 1))
        {
            Set(y, row == 0 ? First(input.Name) : Last(input.Name), Kind.Sequences);
        }
        else if (input.Kind == Kind.Table && x.Rows == 1)
        {
            Set(y, input.Name, Kind.Table); // repeated by broadcasting
        }
        else
        {
            throw new NotSupportedException("The model chooses rows in a way that cannot be exported to ONNX.");
        }
    }

    public void Gather(Tensor y, Tensor x, int[] elements)
    {
        var input = Find(x);
        if (input.Kind != Kind.Table)
        {
            throw new NotSupportedException("The model chooses elements of hidden states, which cannot be exported to ONNX.");
        }

        var chosen = _graph.Add("Gather", [_graph.Reshape(input.Name, -1), _graph.LongList(elements)]);
        Set(y, _graph.Reshape(chosen, [.. y.Shape.ToArray()]), Kind.Table);
    }

    public void Rotate(Tensor y, Tensor x, int headSize, RotaryPositions positions)
    {
        var input = Find(x);
        var (cosines, sines) = Rotation(positions);
        var (columns, half) = (positions.Columns, positions.Columns / 2);
        var heads = _graph.Reshape(input.Name, 0, 0, x.Columns / headSize, headSize);
        var (first, second) = (_graph.Slice(heads, -1, 0, half), _graph.Slice(heads, -1, half, columns));
        string Turned(string type, string a, string b) => _graph.Add(type, [_graph.Add("Mul", [a, cosines]), _graph.Add("Mul", [b, sines])]);
        List<string> parts = [Turned("Sub", first, second), Turned("Add", second, first)];
        if (columns < headSize)
        {
            parts.Add(_graph.Slice(heads, -1, columns, headSize));
        }

        Set(y, _graph.Reshape(_graph.Add("Concat", [.. parts], OnnxAttribute.Of("axis", -1L)), 0, 0, x.Columns), Kind.Tokens);
    }

    public void Attention(
        Tensor y, Tensor query, Tensor key, Tensor value, AttentionMask mask, int heads, AttentionBias? bias, float scale)
    {
        var size = query.Columns / heads;
        var biases = bias is null
            ? null
            : new OnnxAttentionBias(
                bias, bias.Distances is { } distances ? Find(distances).Name : null, bias.OfQueries is { } queries ? Find(queries).Name : null,
                bias.OfKeys is { } keys ? Find(keys).Name : null);
        Set(
            y,
            _attention.Add(Find(query).Name, Find(key).Name, Find(value).Name, mask, heads, key.Columns / size, size, biases, scale),
            Kind.Tokens);
    }

    public void HeadProducts(Tensor y, Tensor x, Tensor table, int heads)
    {
        var size = x.Columns / heads;
        var contents = _graph.Transpose(_graph.Reshape(Find(x).Name, 0, 0, heads, size), 0, 2, 1, 3); // [batch × heads × tokens × size]
        var entries = _graph.Transpose(_graph.Reshape(Find(table).Name, table.Rows, heads, size), 1, 2, 0); // [heads × size × entries]
        Set(y, _graph.Add("MatMul", [contents, entries]), Kind.Heads);
    }

    public void Neighbors(Tensor y, Tensor x, int width)
    {
        var masked = _graph.Add("Mul", [Find(x).Name, _inputs.TokenMask]);
        var padded = _graph.Add("Pad", [masked, _graph.List(0, width / 2, 0, 0, width / 2, 0)]);
        var shifted = Enumerable.Range(0, width)
            .Select(place => _graph.Unsqueeze(_graph.Slice(padded, 1, place, place == width - 1 ? int.MaxValue : place - width + 1), 3));
        Set(y, _graph.Reshape(_graph.Add("Concat", [.. shifted], OnnxAttribute.Of("axis", 3L)), 0, 0, y.Columns), Kind.Tokens);
    }

    public void Pool(Tensor y, Tensor x, ReadOnlySpan<Pooling> modes, int skip)
    {
        var tokens = Find(x).Name;
        string[] pooled = [.. modes.ToArray().Select(mode => Pooled(tokens, mode))];
        Set(y, pooled is [var only] ? only : _graph.Add("Concat", pooled, OnnxAttribute.Of("axis", -1L)), Kind.Sequences);
    }

    private string Pooled(string tokens, Pooling mode)
    {
        string Mean(string weights, bool isRoot)
        {
            var sum = _graph.Add("Max", [_graph.Sum(weights, 1, keepsAxis: false), _graph.Number(1)]);
            return _graph.Add(
                "Div",
                [_graph.Sum(_graph.Add("Mul", [tokens, weights]), 1, keepsAxis: false), isRoot ? _graph.Add("Sqrt", [sum]) : sum]);
        }

        return mode switch
        {
            Pooling.Cls => First(tokens),
            Pooling.LastToken => Last(tokens),
            Pooling.Max => _graph.Add(
                "ReduceMax",
                [_graph.Add("Where", [_graph.Add("Greater", [_inputs.TokenMask, _graph.Number(0)]), tokens, _graph.Number(-1e9f)])],
                OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 0L)),
            Pooling.WeightedMean => Mean(
                _graph.Add(
                    "Mul", [_inputs.TokenMask, _graph.Unsqueeze(_graph.Add("Add", [_inputs.FloatRange, _graph.Number(1)]), 1)]),
                isRoot: false),
            _ => Mean(_inputs.TokenMask, mode == Pooling.MeanSqrtLength),
        };
    }

    private string First(string tokens) =>
        _graph.Add("Gather", [tokens, _graph.Integer(0)], OnnxAttribute.Of("axis", 1L));

    private string Last(string tokens) => _graph.Add("GatherND", [tokens, _inputs.LastToken], OnnxAttribute.Of("batch_dims", 1L));

    private (string Cosines, string Sines) Rotation(RotaryPositions positions)
    {
        if (!_rotations.TryGetValue(positions, out var rotation))
        {
            var angles = _graph.Add(
                "Mul", [_graph.Unsqueeze(_inputs.FloatRange, 1), Constant(Tensor.From(positions.Angles, 1, positions.Angles.Length))]);
            string Of(string function)
            {
                var values = _graph.Add(function, [angles]); // [sequence × half]
                return _graph.Unsqueeze(positions.Scale == 1 ? values : _graph.Add("Mul", [values, _graph.Number(positions.Scale)]), 1);
            }

            _rotations[positions] = rotation = (Of("Cos"), Of("Sin"));
        }

        return rotation;
    }

    // As other exporters write it: a transposed weight without a name, which the name of the product and that of the bias tell.
    private string Product(Value input, Linear layer)
    {
        var name = LayerOf(layer.Weight);
        string weight;
        if (layer.Weight.Shape.Length > 2)
        {
            weight = _graph.Transpose(_graph.Reshape(Constant(layer.Weight), layer.Outputs, layer.Inputs), 1, 0); // a convolution
        }
        else
        {
            weight = Constant(layer.Weight, isTransposed: !layer.IsTransposed);
        }

        var product = _graph.AddAt(name, "MatMul", [input.Name, weight]);
        return layer.Bias is { } bias ? _graph.AddAt(name, "Add", [Constant(bias), product]) : product;
    }

    private string LayerOf(Tensor weight) =>
        _parameters.TryGetValue(weight, out var name) && name.EndsWith(".weight", StringComparison.Ordinal) ? name[..^".weight".Length] : "";

    private string Constant(Tensor tensor, bool isTransposed = false)
    {
        if (!isTransposed && _values.TryGetValue(tensor, out var value))
        {
            return value.Name;
        }

        if (!_constants.TryGetValue((tensor, isTransposed), out var name))
        {
            name = !isTransposed && _parameters.TryGetValue(tensor, out var known)
                ? known
                : string.Create(CultureInfo.InvariantCulture, $"onnx::{(isTransposed ? "MatMul" : "Constant")}_{_constants.Count}");
            _graph.Graph.AddConstant(name, tensor, isTransposed);
            _constants[(tensor, isTransposed)] = name;
        }

        return name;
    }

    // Tables broadcast over tokens and sequences.
    private void Combine(string type, Tensor y, Tensor a, Tensor b)
    {
        var (first, second) = (Find(a), Find(b));
        Set(y, _graph.Add(type, [first.Name, second.Name]), first.Kind == Kind.Table ? second.Kind : first.Kind);
    }

    private Value Find(Tensor tensor) => _values.TryGetValue(tensor, out var value)
        ? value
        : _parameters.ContainsKey(tensor) || !tensor.IsLeased
            ? new Value(Constant(tensor), Kind.Table)
            : throw new NotSupportedException($"The model computes {tensor} with an operation that cannot be exported to ONNX.");

    private void Set(Tensor y, string name, Kind kind) => _values[y] = new Value(name, kind);

    private static long[] Leading(Value value) => value.Kind == Kind.Tokens ? [0, 0] : [0];

    private string Activated(string x, Activation activation)
    {
        string Times(string a, string b) => _graph.Add("Mul", [a, b]);
        string By(string a, float b) => Times(a, _graph.Number(b));
        string Plus(string a, float b) => _graph.Add("Add", [a, _graph.Number(b)]);
        string Clip(string a, float least, float most) => _graph.Add("Clip", [a, _graph.Number(least), _graph.Number(most)]);
        string Of(string function, string a) => _graph.Add(function, [a]);
        return activation switch
        {
            Activation.Identity => x,
            Activation.Gelu => By(Times(x, Plus(Of("Erf", By(x, 0.70710678f)), 1)), 0.5f),
            Activation.GeluTanh => By(
                Times(x, Plus(Of("Tanh", By(_graph.Add("Add", [x, By(Times(Times(x, x), x), 0.044715f)]), 0.79788456f)), 1)), 0.5f),
            Activation.QuickGelu => Times(x, Of("Sigmoid", By(x, 1.702f))),
            Activation.GeluClipped => Clip(Activated(x, Activation.Gelu), -10, 10),
            Activation.Relu => Of("Relu", x),
            Activation.Relu6 => Clip(x, 0, 6),
            Activation.ReluSquared => Of("Relu", x) is var positive ? Times(positive, positive) : "",
            Activation.LeakyRelu => _graph.Add("LeakyRelu", [x], OnnxAttribute.Of("alpha", 0.01f)),
            Activation.Silu => Times(x, Of("Sigmoid", x)),
            Activation.Mish => Times(x, Of("Tanh", Of("Softplus", x))),
            Activation.Laplace => By(Plus(Of("Erf", By(Plus(x, -0.70710678f), 2.5066283f)), 1), 0.5f),
            Activation.Tanh => Of("Tanh", x),
            Activation.Sigmoid => Of("Sigmoid", x),
            _ => throw new NotSupportedException($"The activation {activation} cannot be exported to ONNX."),
        };
    }

    private readonly record struct Value(string Name, Kind Kind);
}
