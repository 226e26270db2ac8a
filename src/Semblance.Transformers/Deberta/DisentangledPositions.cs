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
    private readonly Linear? _key; // content to position; null if there are no such scores
    private readonly Linear? _query; // position to content
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
        LinearProjections? shared = null)
    {
        _dropout = config.HiddenDropoutProb;
        _key = types.Contains("c2p") ? shared?.Key ?? own.Linear(key, config.HiddenSize, config.HiddenSize, keyBias) : null;
        _query = types.Contains("p2c") ? shared?.Query ?? own.Linear(query, config.HiddenSize, config.HiddenSize) : null;
    }

    public Tensor Attend(
        Computation run, Tensor query, Tensor key, Tensor value, AttentionMask mask, RelativeRows relative, int heads, float dropout)
    {
        var vectors = run.Dropout(relative.Rows, _dropout); // [entries × hidden]
        using var ofQueries = Products(run, query, vectors, _key, heads); // [tokens × heads · entries]
        using var ofKeys = Products(run, key, vectors, _query, heads);
        var kinds = 1 + (_key is null ? 0 : 1) + (_query is null ? 0 : 1);
        var scale = 1 / MathF.Sqrt((float)query.Columns / heads * kinds);
        return run.Attention(
            query, key, value, mask, heads, dropout, AttentionBias.Disentangled(ofQueries, ofKeys, relative.Columns, relative.Origin),
            scale);
    }

    private static Tensor? Products(Computation run, Tensor contents, Tensor vectors, Linear? layer, int heads)
    {
        if (layer is null)
        {
            return null;
        }

        using var projected = run.Linear(vectors, layer); // [entries × hidden]
        return run.HeadProducts(contents, projected, heads);
    }
}
