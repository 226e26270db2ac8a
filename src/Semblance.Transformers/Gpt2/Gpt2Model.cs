using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Gpt2;

/// <summary>
/// Represents GPT-2 (Radford et al. 2019): a causal decoder with learned absolute positions and a layer norm before each block. Parameter
/// names are those of transformers' <c>GPT2Model</c>.
/// </summary>
public sealed class Gpt2Model : Transformer
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "activation_function", "attn_pdrop", "embd_pdrop", "is_causal", "layer_norm_epsilon", "n_embd", "n_head", "n_inner", "n_layer",
            "n_positions", "pad_token_id", "resid_pdrop",
            "scale_attn_by_inverse_layer_idx", "scale_attn_weights", "tie_word_embeddings", "vocab_size")
        .Alias("hidden_size", "n_embd").Alias("max_position_embeddings", "n_positions").Alias("num_attention_heads", "n_head")
        .Alias("num_hidden_layers", "n_layer")
        .Ignored(
            "is_decoder", "n_ctx", "reorder_and_upcast_attn", "summary_activation", "summary_first_dropout", "summary_proj_to_labels",
            "summary_type", "summary_use_proj")
        .With(CommonKeys.All);

    private readonly EmbeddingTable _positions; // [positions × hidden]
    private readonly Gpt2Layer[] _layers;
    private readonly LayerNorm _norm;
    private readonly float _dropout;

    private Gpt2Model(ConfigurationFile config, ModelParameters own)
        : base(config, own)
    {
        config.Check(Keys);
        IsCausal = config.Flag("is_causal", true);
        HiddenSize = config.Width("n_embd");
        VocabularySize = config.Rows("vocab_size");
        MaxPositions = config.Rows("n_positions", 1024);
        _dropout = config.Dropout("embd_pdrop", 0.1f);
        WordEmbeddings = own.Embedding("wte", VocabularySize, HiddenSize);
        _positions = own.Embedding("wpe", MaxPositions, HiddenSize);
        _layers = [.. Enumerable.Range(0, config.Layers("n_layer")).Select(i => new Gpt2Layer(config, own, i))];
        _norm = own.LayerNorm("ln_f", HiddenSize, config.Epsilon("layer_norm_epsilon", 1e-5f));
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("gpt2", "transformer.", (config, own) => new Gpt2Model(config, own))
    {
        Classes =
        [
            new("GPT2Model"),
            new(
                "GPT2LMHeadModel", TaskKind.CausalLanguageModel,
                (body, config, own) => new WordPredictionHead(VocabularyHead.Last(body, config, own, "lm_head.weight", tied: true))),
            new(
                "GPT2ForSequenceClassification", TaskKind.SequenceClassification,
                (body, config, own) => LastTokenClassificationHead.Create(config, own, body.HiddenSize)),
        ],
        IsCausal = true,
        Tokenizer = new(TokenizerKind.ByteLevel, ["<|endoftext|>"], "<|endoftext|>") { End = "<|endoftext|>" },
        NewConfiguration = sizes => NewConfiguration.Common(
            sizes, "GPT2Model", ("n_embd", sizes.HiddenSize), ("n_layer", sizes.NumHiddenLayers), ("n_head", sizes.NumAttentionHeads),
            ("n_inner", sizes.FeedForwardSize),
            ("n_positions", sizes.MaxPositionEmbeddings), ("activation_function", "gelu_new"), ("layer_norm_epsilon", 1e-5),
            ("embd_pdrop", NewConfiguration.Number(sizes.Dropout)),
            ("attn_pdrop", NewConfiguration.Number(sizes.Dropout)), ("resid_pdrop", NewConfiguration.Number(sizes.Dropout))),
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
    public override bool IsCausal { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<TransformerLayer> Blocks => _layers;

    /// <inheritdoc/>
    protected override Tensor Embed(Computation run, PackedBatch batch) =>
        run.DropoutInPlace(run.Embed(batch, WordEmbeddings, _positions), _dropout);

    /// <inheritdoc/>
    protected override Tensor Finish(Computation run, Tensor hidden) => run.LayerNorm(hidden, _norm);
}
