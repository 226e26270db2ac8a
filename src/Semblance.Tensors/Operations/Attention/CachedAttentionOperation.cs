namespace Semblance.Tensors;

/// <summary>Provides causal attention that continues from cached keys and values.</summary>
public static class CachedAttentionOperation
{
    /// <summary>
    /// Computes the result of causal attention, bit for bit, for the last tokens of each sequence, with the keys and values of the earlier
    /// tokens from the batch's caches. The keys and values of the new tokens are appended to the caches.
    /// </summary>
    /// <param name="run">The computation; it must not be recording.</param>
    /// <param name="query"><c>[tokens × hidden]</c>, the heads side by side.</param>
    /// <param name="key"><c>[tokens × key heads · head size]</c>.</param>
    /// <param name="value"><c>[tokens × key heads · head size]</c>.</param>
    /// <param name="batch">The new tokens, with <see cref="PackedBatch.Caches"/>.</param>
    /// <param name="layer">The index of the layer in the caches, from 0.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="window">The number of positions before a query below which keys are seen; <see langword="null"/> for all.</param>
    /// <param name="bias">The bias of the scores by the distance of key and query, or <see langword="null"/>.</param>
    /// <param name="scale">The factor of the scores; 1 / √(head size) by default.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not match, or the batch has no caches.</exception>
    /// <exception cref="InvalidOperationException">The computation is recording: a cache has no gradients.</exception>
    public static Tensor CachedAttention(
        this Computation run, Tensor query, Tensor key, Tensor value, PackedBatch batch, int layer, int heads, int? window = null,
        AttentionBias? bias = null, float? scale = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(batch);
        if (run.Recording)
        {
            throw new InvalidOperationException(
                "A cache of keys and values cannot be used for training; run whole sequences while recording.");
        }

        if (batch.Caches is not { } caches || query.Rows != batch.TokenCount || key.Rows != query.Rows
            || !value.Shape.SequenceEqual(key.Shape))
        {
            throw new ArgumentException(
                $"A query {query}, a key {key} and a value {value} are not those of {batch.TokenCount} tokens with caches.", nameof(batch));
        }

        var contexts = new Tensor[batch.Count];
        for (var i = 0; i < contexts.Length; i++)
        {
            int start = batch.Offsets[i], count = batch.Length(i);
            var queries = batch.Count == 1 ? query : run.Rows(query, [.. Enumerable.Range(start, count)]);
            var (keys, values) = caches[i].Append(layer, Of(key), Of(value), key.Columns);
            var mask = new AttentionMask(
                new PackedBatch(new int[count], new int[count], [0, count]), caches[i].Places(count), causal: true, window);
            contexts[i] = run.Attention(queries, keys, values, mask, heads, bias: bias, scale: scale);

            ReadOnlySpan<float> Of(Tensor all) => all.Values.Slice(start * all.Columns, count * all.Columns);
        }

        return contexts.Length == 1 ? contexts[0] : run.ConcatenateRows(contexts);
    }
}
