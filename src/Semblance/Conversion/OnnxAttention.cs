using System.Runtime.CompilerServices;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Conversion;

/// <summary>Writes attention over padded batches.</summary>
/// <param name="graph">The graph.</param>
/// <param name="inputs">The inputs.</param>
internal sealed class OnnxAttention(OnnxOperations graph, OnnxInputs inputs)
{
    /// <summary>Adds an attention of one batch to itself; the columns of its inputs are the heads side by side.</summary>
    /// <param name="query">The queries, <c>[batch × sequence × heads · size]</c>.</param>
    /// <param name="key">The keys, with as many heads or fewer that several queries share.</param>
    /// <param name="value">The values.</param>
    /// <param name="mask">The mask.</param>
    /// <param name="heads">The number of heads of the queries.</param>
    /// <param name="shared">The number of heads of the keys.</param>
    /// <param name="size">The number of columns of a head.</param>
    /// <param name="bias">What is added to the scores, or <see langword="null"/>.</param>
    /// <param name="scale">The factor of the scores.</param>
    /// <returns>The name of the result, <c>[batch × sequence × heads · size]</c>.</returns>
    public string Add(
        string query, string key, string value, AttentionMask mask, int heads, int shared, int size, OnnxAttentionBias? bias, float scale)
    {
        var queries = graph.Transpose(graph.Reshape(query, 0, 0, heads, size), 0, 2, 1, 3); // [batch × heads × queries × size]
        var keys = graph.Transpose(Repeated(key, heads, shared, size), 0, 2, 3, 1); // [batch × heads × size × keys]
        var values = graph.Transpose(Repeated(value, heads, shared, size), 0, 2, 1, 3);
        var scores = graph.Add("MatMul", [queries, keys]); // [batch × heads × queries × keys]
        if (bias?.OfQueries is { } ofQueries)
        {
            scores = graph.Add("Add", [scores, Chosen(ofQueries, Columns(bias.Bias, inputs.Distances, "queries"), scores)]);
        }

        if (bias?.OfKeys is { } ofKeys)
        {
            var columns = Columns(bias.Bias, graph.Transpose(inputs.Distances, 1, 0), "keys");
            scores = graph.Add("Add", [scores, graph.Transpose(Chosen(ofKeys, columns, scores), 0, 1, 3, 2)]);
        }

        scores = graph.Add("Mul", [scores, graph.Number(scale)]);
        if (bias?.Distances is { } distances)
        {
            var columns = Indices(bias.Bias, inputs.Distances, "distances");
            scores = graph.Add("Add", [scores, graph.Add("Gather", [distances, columns], OnnxAttribute.Of("axis", 1L))]);
        }

        var visible = graph.Add("Add", [scores, inputs.Visibility(mask.IsCausal, mask.Window)]);
        var weights = graph.Add("Softmax", [visible], OnnxAttribute.Of("axis", -1L));
        return graph.Reshape(graph.Transpose(graph.Add("MatMul", [weights, values]), 0, 2, 1, 3), 0, 0, heads * size);
    }

    // The heads of keys that several queries share, once for each of them.
    private string Repeated(string x, int heads, int shared, int size)
    {
        var divided = graph.Reshape(x, 0, 0, shared, size);
        return shared == heads
            ? divided
            : graph.Reshape(
                graph.Add("Expand", [graph.Unsqueeze(divided, 3), graph.List(1, 1, 1, heads / shared, 1)]), 0, 0, heads, size);
    }

    // Chooses one of the entries of each row for each distance: scores has the shape of the result.
    private string Chosen(string entries, string columns, string scores) => graph.Add(
        "GatherElements", [entries, graph.Add("Expand", [columns, graph.Add("Shape", [scores])])], OnnxAttribute.Of("axis", 3L));

    private string Columns(AttentionBias bias, string distances, string side) => inputs.Derived(
        $"columns {side} {RuntimeHelpers.GetHashCode(bias.Columns)}",
        () => graph.Add("Gather", [graph.LongList([.. bias.Columns]), Indices(bias, distances, side)]));

    // Distances beyond those that were traced have the bias of the farthest.
    private string Indices(AttentionBias bias, string distances, string side) => inputs.Derived(
        $"indices {side} {bias.Origin}",
        () => graph.Add(
            "Max",
            [
                graph.Integer(0),
                graph.Add("Min", [graph.Add("Add", [distances, graph.Integer(bias.Origin)]), graph.Integer(bias.Columns.Count - 1)]),
            ]));
}
