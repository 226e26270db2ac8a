using Semblance.Tensors;

namespace Semblance.Transformers.Bert;

/// <summary>Token ids to the first hidden states: word, position and type, normalised.</summary>
internal sealed class BertEmbeddings
{
    private readonly BertConfig _config;
    private readonly Tensor _positions; // [positions × hidden]
    private readonly Tensor _types; // [types × hidden]
    private readonly LayerNorm _norm;

    public BertEmbeddings(BertConfig config, Weights weights)
    {
        _config = config;
        Words = weights.Tensor("embeddings.word_embeddings.weight", config.VocabSize, config.HiddenSize);
        _positions = weights.Tensor("embeddings.position_embeddings.weight", config.MaxPositionEmbeddings, config.HiddenSize);
        _types = weights.Tensor("embeddings.token_type_embeddings.weight", config.TypeVocabSize, config.HiddenSize);
        _norm = weights.LayerNorm("embeddings.LayerNorm", config.HiddenSize, config.LayerNormEps);
    }

    /// <summary><c>[vocabulary × hidden]</c>, which the heads that predict words share.</summary>
    public Tensor Words { get; }

    public Tensor Forward(Computation run, PackedBatch batch)
    {
        using var embedded = run.Embed(batch, Words, _positions, _types); // [tokens × hidden]
        return run.Dropout(run.LayerNorm(embedded, _norm), _config.HiddenDropoutProb);
    }

    public IEnumerable<KeyValuePair<string, Tensor>> Parameters() =>
    [
        new("embeddings.word_embeddings.weight", Words),
        new("embeddings.position_embeddings.weight", _positions),
        new("embeddings.token_type_embeddings.weight", _types),
        .. _norm.Parameters("embeddings.LayerNorm"),
    ];
}
