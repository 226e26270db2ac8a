namespace Semblance.Checkpoints;

/// <summary>
/// Finds the parameters of a model among the constants of a graph. The weight of a linear layer is the second factor of a product, has lost
/// its name and is known by the bias that is added to the product, or by the name of the product, which is the path of the layer.
/// </summary>
internal sealed class OnnxNames
{
    private const string Weight = ".weight", Bias = ".bias", Quantized = "_quantized";

    // Operators that keep weights in forms of their own.
    private static readonly string[] Unsupported =
    [
        "QAttention", "QEmbedLayerNormalization", "QLinearMatMul", "QGemm", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulNBits",
        "MatMulBnb4", "MatMulFpQ4", "GatherBlockQuantized", "PackedAttention", "PackedMultiHeadAttention", "MultiHeadAttention",
    ];

    private readonly string _path;
    private readonly OnnxGraph _graph;
    private readonly OrderedDictionary<string, OnnxWeight> _weights = [];
    private readonly Dictionary<string, string> _products = new(StringComparer.Ordinal); // from an output to the second factor
    private readonly Dictionary<string, OnnxNode> _factors = new(StringComparer.Ordinal); // from a second factor to its product

    public OnnxNames(string path, OnnxGraph graph)
    {
        _path = path;
        _graph = graph;
        if (graph.Nodes.FirstOrDefault(node => Unsupported.Contains(node.Operator)) is { } node)
        {
            throw new CheckpointFormatException(
                path, $"the operator {node.Operator} ('{node.Name}') keeps weights in a form that is not supported; convert the export before it "
                + "was optimized or quantized, such as model.onnx.");
        }

        FindProducts();
        AddNamed();
        AddLinear();
        AddFused();
    }

    /// <summary>Gets the parameters by name.</summary>
    public IReadOnlyDictionary<string, OnnxWeight> Weights => _weights;

    private void FindProducts()
    {
        foreach (var node in _graph.Nodes)
        {
            switch (node)
            {
                case { Operator: "MatMul" or "MatMulInteger" or "Gemm", Inputs: [_, var factor, ..], Outputs: [var output, ..] }
                    when _graph.Constants.TryGetValue(factor, out var constant) && constant.Info.Shape.Count == 2:
                    _products[output] = factor;
                    _factors.TryAdd(factor, node);
                    break;
                // The whole numbers of a quantized product, and its scale.
                case { Operator: "Cast" or "Mul", Outputs: [var output, ..] }
                    when node.Inputs.FirstOrDefault(_products.ContainsKey) is { } product && _factors[_products[product]].Operator == "MatMulInteger":
                    _products[output] = _products[product];
                    break;
            }
        }
    }

    // Constants that kept their names.
    private void AddNamed()
    {
        foreach (var (name, constant) in _graph.Constants)
        {
            var known = name.EndsWith(Quantized, StringComparison.Ordinal) && !constant.IsFloat ? name[..^Quantized.Length] : name;
            if (IsParameter(known) && constant.Info.Shape.Count > 0 && (constant.IsFloat || known != name))
            {
                _weights[known] = Of(name, _factors.TryGetValue(name, out var node) && node.Operator == "MatMulInteger");
            }
        }
    }

    private void AddLinear()
    {
        foreach (var node in _graph.Nodes)
        {
            // The inputs that can be a bias, and those that it is added to.
            string?[] inputs = node.Operator switch
            {
                "Add" or "BiasGelu" or "FastGelu" => [.. node.Inputs],
                "SkipLayerNormalization" or "SkipSimplifiedLayerNormalization" => [.. node.Inputs.Take(2), node.Inputs.ElementAtOrDefault(4)],
                "Gemm" when node.Inputs.Count > 2 => [node.Outputs[0], node.Inputs[2]],
                _ => [],
            };
            if (inputs.FirstOrDefault(name => name is not null && IsBias(name)) is { } bias
                && inputs.Select(name => name is null ? null : _products.GetValueOrDefault(name)).FirstOrDefault(name => name is not null) is { } factor
                && !IsParameter(Plain(factor)))
            {
                AddFactor(bias[..^Bias.Length], factor);
            }
        }

        // Layers without a bias.
        foreach (var (factor, node) in _factors)
        {
            if (!IsParameter(Plain(factor)) && PathOf(node.Name) is { } layer)
            {
                AddFactor(layer, factor);
            }
        }
    }

    private void AddFactor(string layer, string factor)
    {
        if (!_weights.ContainsKey(layer + Weight))
        {
            var node = _factors[factor];
            _weights[layer + Weight] = Of(factor, !(node.Operator == "Gemm" && node.Integers.GetValueOrDefault("transB") == 1));
        }
    }

    // Attention of com.microsoft: queries, keys and values side by side, layer by layer.
    private void AddFused()
    {
        OnnxNode[] nodes = [.. _graph.Nodes.Where(node => node.Operator == "Attention" && node.Inputs.Count > 2)];
        if (nodes.Length == 0)
        {
            return;
        }

        var (stack, parts) = _weights.Keys.FirstOrDefault(name => name.EndsWith("layer.0.attention.output.dense.weight", StringComparison.Ordinal)) is { } bert
            ? (bert[..^"0.attention.output.dense.weight".Length], new[] { "attention.self.query", "attention.self.key", "attention.self.value" })
            : _weights.Keys.FirstOrDefault(name => name.EndsWith("layer.0.attention.out_lin.weight", StringComparison.Ordinal)) is { } distil
                ? (distil[..^"0.attention.out_lin.weight".Length], ["attention.q_lin", "attention.k_lin", "attention.v_lin"])
                : throw new CheckpointFormatException(
                    _path, "the operator Attention joins queries, keys and values, which is supported for layers with the names of BERT, RoBERTa "
                    + "and DistilBERT; convert the export before it was optimized, such as model.onnx.");
        for (var layer = 0; layer < nodes.Length; layer++)
        {
            var (weight, bias) = (Constant(nodes[layer], 1), Constant(nodes[layer], 2));
            var width = bias.Info.Shape is [var sum] && sum % 3 == 0 && weight.Info.Shape is [_, var columns] && columns == sum
                ? sum / 3
                : throw new CheckpointFormatException(
                    _path, $"the operator Attention has a weight {weight.Info} and a bias {bias.Info}; expected three equal parts side by side.");
            for (var part = 0; part < parts.Length; part++)
            {
                var name = $"{stack}{layer}.{parts[part]}";
                _weights[name + Weight] = new OnnxWeight(weight, part * width, width, IsTransposed: true);
                _weights[name + Bias] = new OnnxWeight(bias, part * width, width);
            }
        }
    }

    private OnnxTensor Constant(OnnxNode node, int input) => _graph.Constants.TryGetValue(node.Inputs[input], out var constant) && constant.IsFloat
        ? constant
        : throw new CheckpointFormatException(_path, $"the input {input} of the operator {node.Operator} ('{node.Name}') is not a constant of floats.");

    private OnnxWeight Of(string name, bool isTransposed)
    {
        var constant = _graph.Constants[name];
        if (constant.IsFloat)
        {
            return new OnnxWeight(constant, IsTransposed: isTransposed);
        }

        var plain = Plain(name);
        var width = constant.Info.Shape[^1];
        bool Fits(OnnxTensor part) => part.Info.Count == 1 || part.Info.Count == width;
        return _graph.Constants.TryGetValue(plain + "_scale", out var scale) && scale.IsFloat && Fits(scale)
            && (!_graph.Constants.TryGetValue(plain + "_zero_point", out var zero) || (!zero.IsFloat && Fits(zero)))
            ? new OnnxWeight(constant, IsTransposed: isTransposed, Scale: scale, ZeroPoint: zero)
            : throw new CheckpointFormatException(
                _path, $"the quantized constant {constant.Info} needs '{plain}_scale' and '{plain}_zero_point' with one number, or one for each of "
                + $"the {width} columns.");
    }

    private bool IsBias(string name) =>
        name.EndsWith(Bias, StringComparison.Ordinal) && IsParameter(name) && _graph.Constants.TryGetValue(name, out var constant)
        && constant.Info.Shape.Count == 1;

    private static string Plain(string name) => name.EndsWith(Quantized, StringComparison.Ordinal) ? name[..^Quantized.Length] : name;

    // Names that exporters make are paths with slashes or numbers after colons.
    private static bool IsParameter(string name) => name.Contains('.') && !name.AsSpan().ContainsAny('/', ':');

    // "/encoder/layer.0/attention/self/query/MatMul" is in the layer encoder.layer.0.attention.self.query.
    private static string? PathOf(string node) =>
        node.StartsWith('/') && node.LastIndexOf('/') is > 0 and var end ? node[1..end].Replace('/', '.') : null;
}
