using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>Describes the attention heads of a layer: positions, norms, direction and window.</summary>
/// <param name="Count">The number of query heads.</param>
/// <param name="Size">The width of a head.</param>
public sealed record AttentionHeads(int Count, int Size)
{
    /// <summary>
    /// Gets the angles by which queries and keys are rotated; <see langword="null"/> if positions are added to the embeddings.
    /// </summary>
    public RotaryPositions? Positions { get; init; }

    /// <summary>Gets the norm of each head's queries, or <see langword="null"/>.</summary>
    public RmsNorm? QueryNorm { get; init; }

    /// <summary>Gets the norm of each head's keys, or <see langword="null"/>.</summary>
    public RmsNorm? KeyNorm { get; init; }

    /// <summary>Gets the factor of the scores besides 1 / √size. 1 by default.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Gets a value that indicates whether a query sees no key after its own position.</summary>
    public bool IsCausal { get; init; }

    /// <summary>Gets the distance below which keys are seen; <see langword="null"/> for no limit.</summary>
    public int? Window { get; init; }

    /// <summary>Gets the index of the layer, from 0, which selects its part of a cache.</summary>
    public int Layer { get; init; }

    /// <summary>Gets the dropout probability of the attention weights.</summary>
    public float Dropout { get; init; }

    /// <summary>Computes the attention of a batch from one tensor of queries, keys and values.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="joined"><c>[tokens × 3 · hidden]</c>: queries, keys and values side by side.</param>
    /// <param name="batch">The tokens of each sequence.</param>
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
    /// <param name="batch">The tokens of each sequence.</param>
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
