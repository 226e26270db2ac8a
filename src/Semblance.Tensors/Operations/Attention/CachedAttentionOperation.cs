namespace Semblance.Tensors;

/// <summary>Causal attention that goes on from remembered keys and values.</summary>
public static class CachedAttentionOperation
{
    /// <summary>
    /// What causal attention gives for the last tokens of each sequence, bit for bit, where the keys and values of the earlier ones lie in
    /// the batch's caches. Those of these tokens are written behind them.
    /// </summary>
    /// <param name="run">The computation, which does not record.</param>
    /// <param name="query"><c>[tokens × hidden]</c>, the heads side by side.</param>
    /// <param name="key"><c>[tokens × key heads · head size]</c>.</param>
    /// <param name="value">The same.</param>
    /// <param name="batch">The new tokens, with <see cref="PackedBatch.Caches"/>.</param>
    /// <param name="layer">Which layer's part of the caches it is.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="window">A query sees only keys that are fewer than so many places before it; null for all.</param>
    /// <param name="bias">What is added to the scores for the distance of key and query, or null.</param>
    /// <param name="scale">What the scores are multiplied by; 1 / √(head size) by default.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the batch has no caches.</exception>
    /// <exception cref="InvalidOperationException">The computation records: a cache remembers numbers, and not how they were made.</exception>
    public static Tensor CachedAttention(
        this Computation run, Tensor query, Tensor key, Tensor value, PackedBatch batch, int layer, int heads, int? window = null, AttentionBias? bias = null, float? scale = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(batch);
        if (run.Recording)
        {
            throw new InvalidOperationException("A cache of keys and values is not for training; run whole sequences while recording.");
        }

        if (batch.Caches is not { } caches || query.Rows != batch.TokenCount || key.Rows != query.Rows || !value.Shape.SequenceEqual(key.Shape))
        {
            throw new ArgumentException($"A query {query}, a key {key} and a value {value} are not those of {batch.TokenCount} tokens with caches.", nameof(batch));
        }

        var contexts = new Tensor[batch.Count];
        for (var i = 0; i < contexts.Length; i++)
        {
            int start = batch.Offsets[i], count = batch.Length(i);
            var queries = batch.Count == 1 ? query : run.Rows(query, [.. Enumerable.Range(start, count)]);
            var (keys, values) = caches[i].Append(layer, Of(key), Of(value), key.Columns);
            var mask = new AttentionMask(new PackedBatch(new int[count], new int[count], [0, count]), caches[i].Places(count), causal: true, window);
            contexts[i] = run.Attention(queries, keys, values, mask, heads, bias: bias, scale: scale);

            ReadOnlySpan<float> Of(Tensor all) => all.Values.Slice(start * all.Columns, count * all.Columns);
        }

        return contexts.Length == 1 ? contexts[0] : run.ConcatenateRows(contexts);
    }
}
