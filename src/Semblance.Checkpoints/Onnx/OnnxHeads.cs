namespace Semblance.Checkpoints;

/// <summary>
/// Finds the numbers and sizes of attention heads, which no weight tells, in the operations that divide columns into heads.
/// </summary>
internal static class OnnxHeads
{
    /// <summary>Returns each pair of a number and a size once; the size of a fused attention is 0.</summary>
    public static IReadOnlyCollection<(int Count, int Size)> Of(OnnxGraph graph)
    {
        var makers = new Dictionary<string, OnnxNode>(StringComparer.Ordinal);
        var shapes = new List<(int Count, int Size)>();
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs)
            {
                makers[output] = node;
            }

            if (node.Integers.TryGetValue("num_heads", out var heads) && heads is > 0 and < 1 << 16)
            {
                shapes.Add(((int)heads, 0));
            }
            else if (node is { Operator: "Reshape", Inputs: [_, var shape, ..] } && Sizes(graph, makers, shape) is [_, _, > 0 and var count, > 0 and var size])
            {
                shapes.Add((count, size));
            }
        }

        return [.. shapes.Distinct()];
    }

    // The shape as one constant, or as a concatenation of which the last two are constants; -1 for what is not known.
    private static int[]? Sizes(OnnxGraph graph, Dictionary<string, OnnxNode> makers, string name)
    {
        if (Constant(graph, makers, name) is { Length: 4 } whole)
        {
            return whole;
        }

        return makers.TryGetValue(name, out var maker) && maker is { Operator: "Concat", Inputs.Count: 4 }
            ? [.. maker.Inputs.Select(part => Constant(graph, makers, part) is [var size] ? size : -1)]
            : null;
    }

    private static int[]? Constant(OnnxGraph graph, Dictionary<string, OnnxNode> makers, string name)
    {
        if (makers.TryGetValue(name, out var maker) && maker is { Operator: "Unsqueeze" or "Identity" or "Cast", Inputs: [var source, ..] })
        {
            name = source;
        }

        return graph.Constants.TryGetValue(name, out var constant) && !constant.IsFloat && constant.Info.Count <= 4
            ? [.. constant.ReadInt64().Select(size => size is > 0 and < int.MaxValue ? (int)size : -1)]
            : null;
    }
}
