using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Clip;

/// <summary>
/// Represents CLIP's text tower (Radford et al. 2021, arXiv:2103.00020): a causal transformer whose pooled output is the state at the
/// end-of-text token. Parameter names are those of transformers' <c>CLIPTextModel</c>.
/// </summary>
public sealed class ClipTextModel : Transformer
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "attention_dropout", "eos_token_id", "hidden_act", "hidden_size", "intermediate_size", "layer_norm_eps",
            "max_position_embeddings", "num_attention_heads", "num_hidden_layers", "vocab_size")
        .Ignored("dropout", "projection_dim") // the original does not use the dropout, and the projection belongs to the whole model
        .With(CommonKeys.All);

    // Configurations before 2023 have this id by mistake; the end of a text is then its highest id.
    private const int MistakenEnd = 2;

    private readonly EmbeddingTable _positions; // [positions × hidden]
    private readonly ClipLayer[] _layers;
    private readonly LayerNorm _norm;
    private readonly int _end;

    internal ClipTextModel(ConfigurationFile config, ModelParameters own)
        : base(config, own)
    {
        config.Check(Keys);
        HiddenSize = config.Width("hidden_size", 512);
        VocabularySize = config.Rows("vocab_size", 49408);
        MaxPositions = config.Rows("max_position_embeddings", 77);
        _end = config.WholeNumber("eos_token_id", 0, VocabularySize - 1, 49407);
        WordEmbeddings = own.Embedding("text_model.embeddings.token_embedding", VocabularySize, HiddenSize);
        _positions = own.Embedding("text_model.embeddings.position_embedding", MaxPositions, HiddenSize);
        _layers = ClipLayer.Stack(config, own, "text_model", HiddenSize, 8, causal: true);
        _norm = own.LayerNorm("text_model.final_layer_norm", HiddenSize, config.Epsilon("layer_norm_eps", 1e-5f));
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("clip_text_model", "", (config, own) => new ClipTextModel(config, own))
    {
        Classes = [new("CLIPTextModel")],
    };

    /// <inheritdoc/>
    public override int HiddenSize { get; }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int MaxPositions { get; }

    /// <inheritdoc/>
    public override EmbeddingTable WordEmbeddings { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<TransformerLayer> Blocks => _layers;

    /// <inheritdoc/>
    protected override bool ListsFinish => false;

    /// <summary>Returns the state at the end of each text, <c>[sequences × hidden]</c>.</summary>
    /// <inheritdoc/>
    public override Tensor Pool(Computation run, Tensor hidden, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return run.Rows(hidden, [.. Enumerable.Range(0, batch.Count)
            .Select(i => batch.Offsets[i] + End(batch.TokenIds.Slice(batch.Offsets[i], batch.Length(i))))]);
    }

    /// <inheritdoc/>
    protected override Tensor Embed(Computation run, PackedBatch batch) => run.Embed(batch, WordEmbeddings, _positions);

    /// <inheritdoc/>
    protected override Tensor Finish(Computation run, Tensor hidden) => run.LayerNorm(hidden, _norm);

    // The first position of the end token; 0 if there is none, as in the original.
    private int End(ReadOnlySpan<int> ids)
    {
        var end = _end;
        if (end == MistakenEnd)
        {
            foreach (var id in ids)
            {
                end = Math.Max(end, id);
            }
        }

        return Math.Max(0, ids.IndexOf(end));
    }
}
