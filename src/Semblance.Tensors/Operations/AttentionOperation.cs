using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Scaled dot-product attention with several heads (Vaswani et al. 2017, arXiv:1706.03762).</summary>
public static class AttentionOperation
{
    /// <summary>
    /// softmax(q kᵀ · scale) v within each sequence of the batch and each head. Queries are taken a few rows at a
    /// time, so memory grows with the length of a sequence and not with its square.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="query"><c>[tokens × hidden]</c>, the heads side by side.</param>
    /// <param name="key"><c>[tokens × hidden]</c>.</param>
    /// <param name="value"><c>[tokens × hidden]</c>.</param>
    /// <param name="batch">Where each sequence starts.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="dropout">How many of the weights are left out while the model learns.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Attention(
        this Computation run, Tensor query, Tensor key, Tensor value, PackedBatch batch, int heads, float dropout = 0)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (!query.Shape.SequenceEqual(key.Shape) || !query.Shape.SequenceEqual(value.Shape)
            || query.Rows != batch.TokenCount || query.Columns % heads != 0)
        {
            throw new ArgumentException(
                $"Attention over {batch.TokenCount} tokens with {heads} heads cannot take a query {query}, a key {key} and a value {value}.", nameof(query));
        }

        var output = run.Lease(query.Rows, query.Columns);
        var mask = run.NextDropout(dropout);
        run.Execute(new AttentionKernel(query, key, value, batch, heads, mask, output), batch.Count * heads, Cost(batch, query.Columns));
        KeepAlive(query, key, value); // the kernel saw only addresses
        if (run.Recording && (query.RequiresGradient || key.RequiresGradient || value.RequiresGradient))
        {
            run.Record(output, gradient => Backward(run, query, key, value, batch, heads, mask, gradient));
        }

        return output;
    }

    private static void Backward(
        Computation run, Tensor query, Tensor key, Tensor value, PackedBatch batch, int heads, DropoutMask mask, Tensor gradient)
    {
        Tensor dQuery = run.Lease(query.Shape), dKey = run.Lease(key.Shape), dValue = run.Lease(value.Shape);
        var kernel = new AttentionGradient(query, key, value, batch, heads, mask, gradient, dQuery, dKey, dValue);
        run.Execute(kernel, batch.Count * heads, 3 * Cost(batch, query.Columns));
        KeepAlive(query, key, value);
        foreach (var (tensor, slope) in (ReadOnlySpan<(Tensor, Tensor)>)[(query, dQuery), (key, dKey), (value, dValue)])
        {
            if (tensor.RequiresGradient)
            {
                tensor.AddGradient(slope);
            }
            else
            {
                slope.Release();
            }
        }
    }

    // Multiplications of the two products.
    private static long Cost(PackedBatch batch, int columns)
    {
        long cost = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            cost += 2L * batch.Length(i) * batch.Length(i) * columns;
        }

        return cost;
    }

    private static void KeepAlive(Tensor query, Tensor key, Tensor value)
    {
        GC.KeepAlive(query);
        GC.KeepAlive(key);
        GC.KeepAlive(value);
    }
}
