using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>
/// Represents the disentangled attention of one layer (He et al. 2021, arXiv:2006.03654): the scores between contents, plus those between
/// the query's content and the distance, and between the distance and the key's content.
/// </summary>
internal sealed class DisentangledPositions
{
    private readonly AttentionProjections? _shared;
    private readonly Linear? _key;
    private readonly Linear? _query;
    private readonly bool _contentToPosition;
    private readonly bool _positionToContent;
    private readonly float _dropout;

    /// <summary>Loads the projections of the distance embeddings.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="own">The builder; tokens do not pass these layers.</param>
    /// <param name="types">The kinds of position scores: <c>c2p</c>, <c>p2c</c>.</param>
    /// <param name="key">The name of the projection to keys.</param>
    /// <param name="keyBias"><see langword="true"/> if the projection to keys has a bias.</param>
    /// <param name="query">The name of the projection to queries.</param>
    /// <param name="shared">The projections of the contents, if they also serve the distances.</param>
    public DisentangledPositions(
        BertConfig config, ModelParameters own, IReadOnlyCollection<string> types, string key, bool keyBias, string query,
        AttentionProjections? shared = null)
    {
        _contentToPosition = types.Contains("c2p");
        _positionToContent = types.Contains("p2c");
        _shared = shared;
        _dropout = config.HiddenDropoutProb;
        _key = shared is null && _contentToPosition ? own.Linear(key, config.HiddenSize, config.HiddenSize, keyBias) : null;
        _query = shared is null && _positionToContent ? own.Linear(query, config.HiddenSize, config.HiddenSize) : null;
    }

    public Tensor Attend(
        Computation run, Tensor query, Tensor key, Tensor value, AttentionMask mask, RelativeRows relative, int heads, float dropout)
    {
        var vectors = run.Dropout(relative.Rows, _dropout); // [entries × hidden]
        using var ofQueries = _contentToPosition ? Key(run, query, vectors, heads) : null; // [tokens × heads · entries]
        using var ofKeys = _positionToContent ? Query(run, key, vectors, heads) : null;
        var kinds = 1 + (_contentToPosition ? 1 : 0) + (_positionToContent ? 1 : 0);
        var scale = 1 / MathF.Sqrt((float)query.Columns / heads * kinds);
        return run.Attention(
            query, key, value, mask, heads, dropout, AttentionBias.Disentangled(ofQueries, ofKeys, relative.Columns, relative.Origin),
            scale);
    }

    private Tensor Key(Computation run, Tensor query, Tensor vectors, int heads)
    {
        using var keys = _key is null ? _shared!.Key(run, vectors) : run.Linear(vectors, _key); // [entries × hidden]
        return run.HeadProducts(query, keys, heads);
    }

    private Tensor Query(Computation run, Tensor key, Tensor vectors, int heads)
    {
        using var queries = _query is null ? _shared!.Query(run, vectors) : run.Linear(vectors, _query);
        return run.HeadProducts(key, queries, heads);
    }
}
