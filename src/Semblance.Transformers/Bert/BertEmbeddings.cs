using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Bert;

/// <summary>
/// Computes the first hidden states from token ids: the sum of word, position and type embeddings, normalized, and projected if the tables
/// are narrower than the layers.
/// </summary>
internal sealed class BertEmbeddings
{
    private readonly BertConfig _config;
    private readonly int? _paddingId;
    private readonly EmbeddingTable? _positions; // [positions × width]
    private readonly EmbeddingTable? _types; // [types × width]
    private readonly LayerNorm _norm;
    private readonly Linear? _projection;

    /// <summary>Loads the tables.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="own">The builder.</param>
    /// <param name="width">The width of the tables.</param>
    /// <param name="paddingId">
    /// The padding id, if positions are counted from it as in RoBERTa; <see langword="null"/> if they start at 0.
    /// </param>
    /// <param name="projection">The name of the layer from the tables' width to the hidden states'.</param>
    /// <param name="positions"><see langword="true"/> to load learned absolute positions. <see langword="true"/> by default.</param>
    /// <param name="types"><see langword="true"/> to load token types. <see langword="true"/> by default.</param>
    public BertEmbeddings(
        BertConfig config, ModelParameters own, int width, int? paddingId = null, string? projection = null, bool positions = true,
        bool types = true)
    {
        (_config, Width) = (config, width);
        _paddingId = paddingId;
        Words = own.Embedding("embeddings.word_embeddings", config.VocabSize, width);
        _positions = positions ? own.Embedding("embeddings.position_embeddings", config.MaxPositionEmbeddings, width) : null;
        _types = types && config.TypeVocabSize > 0
            ? own.Embedding("embeddings.token_type_embeddings", config.TypeVocabSize, width)
            : null;
        _norm = own.LayerNorm("embeddings.LayerNorm", width, config.LayerNormEps);
        _projection = projection is null ? null : own.Linear(projection, config.HiddenSize, width);
    }

    /// <summary>Gets the word embeddings, <c>[vocabulary × width]</c>, which heads over the vocabulary share.</summary>
    public EmbeddingTable Words { get; }

    /// <summary>Gets the width of the tables.</summary>
    public int Width { get; }

    /// <summary>Gets the maximum sequence length for which there are positions.</summary>
    public int MaxPositions => _config.MaxPositionEmbeddings - (_paddingId is { } padding ? padding + 1 : 0);

    public Tensor Forward(Computation run, PackedBatch batch)
    {
        // [tokens × width]
        using var embedded = run.Embed(batch, Words, _positions, _types, _paddingId is { } padding ? PositionsFrom(batch, padding) : null);
        var normed = run.DropoutInPlace(run.LayerNorm(embedded, _norm), _config.HiddenDropoutProb);
        if (_projection is null)
        {
            return normed;
        }

        using (normed)
        {
            return run.Linear(normed, _projection); // [tokens × hidden]
        }
    }

    // As transformers' create_position_ids_from_input_ids: tokens are counted from the one after the padding id, and padding tokens have
    // the padding id as position.
    private static int[] PositionsFrom(PackedBatch batch, int paddingId)
    {
        var positions = new int[batch.TokenCount];
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            var counted = paddingId + batch.Start(sequence);
            for (var token = batch.Offsets[sequence]; token < batch.Offsets[sequence + 1]; token++)
            {
                positions[token] = batch.TokenIds[token] == paddingId ? paddingId : ++counted;
            }
        }

        return positions;
    }
}
