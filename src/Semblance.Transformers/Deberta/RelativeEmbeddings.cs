using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>Represents DeBERTa's embeddings of distances, which all layers share.</summary>
internal sealed class RelativeEmbeddings
{
    private readonly EmbeddingTable _table; // [2 · span × hidden]
    private readonly LayerNorm? _norm;
    private readonly int _buckets;
    private readonly int _maxDistance;
    private readonly int _span;

    /// <summary>Loads the embeddings.</summary>
    /// <param name="own">The builder.</param>
    /// <param name="hidden">The width of an embedding.</param>
    /// <param name="buckets">
    /// The number of buckets of distances on each side of a token; 0 if every distance up to the largest has its own embedding.
    /// </param>
    /// <param name="maxDistance">The largest distance that differs from larger ones.</param>
    /// <param name="norm">The ε of the norm over the embeddings; <see langword="null"/> if there is no norm.</param>
    public RelativeEmbeddings(ModelParameters own, int hidden, int buckets, int maxDistance, float? norm)
    {
        _buckets = buckets;
        _maxDistance = maxDistance;
        _span = buckets > 0 ? buckets : maxDistance;
        _table = own.Embedding("encoder.rel_embeddings", 2 * _span, hidden);
        _norm = norm is { } epsilon ? own.LayerNorm("encoder.LayerNorm", hidden, epsilon) : null;
    }

    /// <summary>Returns the embeddings for sequences up to a length.</summary>
    public RelativeRows Of(Computation run, int longest)
    {
        // The original counts distances from the key to the query.
        int[] rows = [.. Enumerable.Range(0, Math.Max(0, (2 * longest) - 1))
            .Select(i => Math.Clamp(Bucket(longest - 1 - i) + _span, 0, (2 * _span) - 1))];
        int first = rows.DefaultIfEmpty(0).Min(), count = rows.DefaultIfEmpty(-1).Max() - first + 1;
        var vectors = run.Embed([.. Enumerable.Range(first, count)], _table); // [entries × hidden]
        return new RelativeRows(_norm is null ? vectors : run.LayerNorm(vectors, _norm), [.. rows.Select(row => row - first)], longest - 1);
    }

    // As transformers' make_log_bucket_position, in float32 like it.
    private int Bucket(int distance)
    {
        var middle = _buckets / 2;
        var length = Math.Abs(distance);
        if (_buckets == 0 || length <= middle)
        {
            return distance;
        }

        var share = MathF.Log((float)length / middle) / MathF.Log((float)((_maxDistance - 1) / (double)middle));
        return Math.Sign(distance) * ((int)MathF.Ceiling(share * (middle - 1)) + middle);
    }
}
