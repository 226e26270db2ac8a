using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>How the heads of a layer look from queries to keys: positions, norms, direction and reach.</summary>
/// <param name="Count">The number of query heads.</param>
/// <param name="Size">The width of a head.</param>
public sealed record AttentionHeads(int Count, int Size)
{
    /// <summary>The angles by which queries and keys are turned; null where positions are added to the embeddings.</summary>
    public RotaryPositions? Positions { get; init; }

    /// <summary>The norm of each head's queries, or null.</summary>
    public RmsNorm? QueryNorm { get; init; }

    /// <summary>The norm of each head's keys, or null.</summary>
    public RmsNorm? KeyNorm { get; init; }

    /// <summary>What scores are multiplied by beside 1 / √size.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Whether a query sees nothing that comes after it.</summary>
    public bool IsCausal { get; init; }

    /// <summary>A query sees only keys that are fewer than so many places away; null for any distance.</summary>
    public int? Window { get; init; }

    /// <summary>The place of the layer, from 0: which part of a cache is its own.</summary>
    public int Layer { get; init; }

    /// <summary>How many of the weights are left out while the model learns.</summary>
    public float Dropout { get; init; }

    /// <summary>Computes the attention of a batch from one tensor of queries, keys and values.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="joined"><c>[tokens × 3 · hidden]</c>: queries, keys and values side by side.</param>
    /// <param name="batch">Where each sequence lies.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    public Tensor Attend(Computation run, Tensor joined, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(joined);
        var width = joined.Columns / 3;
        using var query = run.Columns(joined, 0, width);
        using var key = run.Columns(joined, width, width);
        using var value = run.Columns(joined, 2 * width, width);
        return Attend(run, query, key, value, batch);
    }

    /// <summary>Computes the attention of a batch.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="query"><c>[tokens × heads · size]</c>.</param>
    /// <param name="key"><c>[tokens × key heads · size]</c>.</param>
    /// <param name="value"><c>[tokens × key heads · size]</c>.</param>
    /// <param name="batch">Where each sequence lies.</param>
    /// <returns><c>[tokens × heads · size]</c>.</returns>
    public Tensor Attend(Computation run, Tensor query, Tensor key, Tensor value, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(batch);
        using var normedQuery = QueryNorm is null ? null : run.RmsNorm(query, QueryNorm);
        using var normedKey = KeyNorm is null ? null : run.RmsNorm(key, KeyNorm);
        using var turnedQuery = Positions is null ? null : run.Rotate(normedQuery ?? query, batch, Size, Positions);
        using var turnedKey = Positions is null ? null : run.Rotate(normedKey ?? key, batch, Size, Positions);
        var (queries, keys) = (turnedQuery ?? normedQuery ?? query, turnedKey ?? normedKey ?? key);
        var scale = Scale / MathF.Sqrt(Size);
        return batch.Caches is null
            ? run.Attention(queries, keys, value, new AttentionMask(batch, causal: IsCausal, window: Window), Count, Dropout, scale: scale)
            : run.CachedAttention(queries, keys, value, batch, Layer, Count, Window, scale: scale);
    }
}
