using System.Numerics.Tensors;
using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides scaled dot-product attention with several heads (Vaswani et al. 2017, arXiv:1706.03762).</summary>
public static class AttentionOperation
{
    /// <summary>
    /// Computes softmax(q kᵀ · scale) v within each sequence of the batch and each head. Queries are processed a few rows at a time, so
    /// memory grows with the length of a sequence and not with its square.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="query"><c>[tokens × hidden]</c>, the heads side by side.</param>
    /// <param name="key"><c>[tokens × hidden]</c>.</param>
    /// <param name="value"><c>[tokens × hidden]</c>.</param>
    /// <param name="batch">The offsets of the sequences.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="dropout">The dropout probability of the attention weights. 0 by default.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor Attention(
        this Computation run, Tensor query, Tensor key, Tensor value, PackedBatch batch, int heads, float dropout = 0) =>
        run.Attention(query, key, value, new AttentionMask(batch), heads, dropout);

    /// <summary>
    /// Computes softmax(q kᵀ · scale) v within each sequence and each head, over the keys that each query sees: causal attention, windows,
    /// and cross-attention to another batch. Heads may share keys and values in groups (Ainslie et al. 2023, arXiv:2305.13245), which are
    /// then narrower than the queries.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="query"><c>[query tokens × hidden]</c>, the heads side by side.</param>
    /// <param name="key"><c>[key tokens × key heads · head size]</c>; the first heads of the query share the first head of the key.</param>
    /// <param name="value"><c>[key tokens × key heads · head size]</c>.</param>
    /// <param name="mask">The offsets of each sequence, and the keys that its queries see.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="dropout">The dropout probability of the attention weights. 0 by default.</param>
    /// <param name="bias">The bias of the scores by the distance of key and query; <see langword="null"/>, the default, for none.</param>
    /// <param name="scale">The factor of the scores; 1 / √(head size) by default.</param>
    /// <returns><c>[query tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor Attention(
        this Computation run, Tensor query, Tensor key, Tensor value, AttentionMask mask, int heads, float dropout = 0,
        AttentionBias? bias = null, float? scale = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (query.Rows != mask.Queries.TokenCount || key.Rows != mask.Keys.TokenCount || !key.Shape.SequenceEqual(value.Shape)
            || query.Columns % heads != 0 || key.Columns == 0 || query.Columns % key.Columns != 0
            || key.Columns % (query.Columns / heads) != 0)
        {
            throw new ArgumentException(
                $"Attention from {mask.Queries.TokenCount} tokens to {mask.Keys.TokenCount} with {heads} heads cannot take a query "
                + $"{query}, a key {key} and a value {value}.",
                nameof(query));
        }

        if (bias is not null && mask.Window is not null)
        {
            throw new ArgumentException("A bias is not supported with a window.", nameof(bias));
        }

        bias?.Check(mask, heads);
        var factor = scale ?? 1f / MathF.Sqrt(query.Columns / heads);
        var output = run.Lease(query.Rows, query.Columns);
        var dropped = run.NextDropout(dropout, attention: true);
        run.Execute(
            new AttentionKernel(query, key, value, mask, heads, dropped, bias, factor, output), mask.Queries.Count * heads,
            Cost(mask, query.Columns));
        run.Trace?.Attention(output, query, key, value, mask, heads, bias, factor);
        if (run.Recording
            && (query.RequiresGradient || key.RequiresGradient || value.RequiresGradient || bias is { RequiresGradient: true }))
        {
            run.Record(
                output,
                gradient => Backward(run, query, key, value, mask, heads, dropped, bias, factor, gradient),
                query, key, value, bias?.Distances, bias?.OfQueries, bias?.OfKeys);
        }

        return output;
    }

    private static void Backward(
        Computation run, Tensor query, Tensor key, Tensor value, AttentionMask mask, int heads, DropoutMask dropped, AttentionBias? bias,
        float scale, Tensor gradient)
    {
        Tensor dQuery = run.Lease(query.Shape), dKey = run.Lease(key.Rows, query.Columns), dValue = run.Lease(value.Rows, query.Columns);
        var read = new AttentionBiasRows(bias, mask, heads, bias?.Distances, bias?.OfQueries, bias?.OfKeys);
        var (dDistances, dOfQueries, dOfKeys) = BiasGradients(run, bias, mask.Queries.Count);
        var written = new AttentionBiasRows(bias is { RequiresGradient: true } ? bias : null, mask, heads, dDistances, dOfQueries, dOfKeys);
        var kernel = new AttentionGradient(query, key, value, mask, heads, dropped, read, written, scale, gradient, dQuery, dKey, dValue);
        run.Execute(kernel, mask.Queries.Count * heads, 3 * Cost(mask, query.Columns));
        if (dDistances is not null)
        {
            // one per sequence, so that the order of the sum is fixed
            bias!.Distances!.AddGradient(run.SumColumns(dDistances, null, bias.Distances));
            dDistances.Release();
        }

        if (dOfQueries is not null)
        {
            bias!.OfQueries!.AddGradient(dOfQueries);
        }

        if (dOfKeys is not null)
        {
            bias!.OfKeys!.AddGradient(dOfKeys);
        }

        foreach (var (tensor, dTensor) in (ReadOnlySpan<(Tensor, Tensor)>)[(query, dQuery), (key, dKey), (value, dValue)])
        {
            if (tensor.RequiresGradient)
            {
                tensor.AddGradient(tensor.Columns == dTensor.Columns ? dTensor : SumGroups(run, dTensor, tensor, query.Columns / heads));
            }
            else
            {
                dTensor.Release();
            }
        }
    }

    // Sums the gradients of the heads that share a head of the keys or values.
    private static Tensor SumGroups(Computation run, Tensor gradients, Tensor shared, int headSize)
    {
        var sums = run.Lease(shared.Shape);
        sums.Writable.Clear();
        int heads = gradients.Columns / headSize, headsPerKey = gradients.Columns / shared.Columns;
        for (var row = 0; row < gradients.Rows; row++)
        {
            for (var head = 0; head < heads; head++)
            {
                var sum = sums.Writable.Slice((row * shared.Columns) + (head / headsPerKey * headSize), headSize);
                TensorPrimitives.Add(sum, gradients.Row(row).Slice(head * headSize, headSize), sum);
            }
        }

        gradients.Release();
        return sums;
    }

    private static (Tensor? Distances, Tensor? OfQueries, Tensor? OfKeys) BiasGradients(Computation run, AttentionBias? bias, int sequences)
    {
        Tensor? Zeros(Tensor? like, params ReadOnlySpan<int> shape)
        {
            if (like is not { RequiresGradient: true })
            {
                return null;
            }

            var zeros = run.Lease(shape);
            zeros.Writable.Clear();
            return zeros;
        }

        return (
            Zeros(bias?.Distances, sequences, bias?.Distances?.Length ?? 0),
            Zeros(bias?.OfQueries, bias?.OfQueries is { } queries ? queries.Shape : []),
            Zeros(bias?.OfKeys, bias?.OfKeys is { } keys ? keys.Shape : []));
    }

    // The number of multiplications of the two products.
    private static long Cost(AttentionMask mask, int columns)
    {
        long cost = 0;
        for (var i = 0; i < mask.Queries.Count; i++)
        {
            cost += 2L * mask.Queries.Length(i) * Math.Min(mask.Keys.Length(i), 2L * (mask.Window ?? int.MaxValue)) * columns;
        }

        return cost;
    }
}
