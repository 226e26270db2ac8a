using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Gpt2;

/// <summary>
/// GPT-2 (Radford et al. 2019): causal decoder with learned absolute positions and layer norm before each block. Parameter names are those of
/// transformers' <c>GPT2Model</c>.
/// </summary>
public sealed class Gpt2Model : LayeredTransformer
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Honoured(
            "activation_function", "attn_pdrop", "embd_pdrop", "is_causal", "layer_norm_epsilon", "n_embd", "n_head", "n_inner", "n_layer", "n_positions", "pad_token_id", "resid_pdrop",
            "scale_attn_by_inverse_layer_idx", "scale_attn_weights", "tie_word_embeddings", "vocab_size")
        .Alias("hidden_size", "n_embd").Alias("max_position_embeddings", "n_positions").Alias("num_attention_heads", "n_head").Alias("num_hidden_layers", "n_layer")
        .Ignored("is_decoder", "n_ctx", "reorder_and_upcast_attn", "summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj")
        .With(CommonKeys.All);

    private readonly Tensor _positions; // [positions × hidden]
    private readonly Gpt2Layer[] _layers;
    private readonly LayerNorm _norm;
    private readonly float _dropout;

    internal Gpt2Model(ConfigurationFile config, Weights weights)
        : base(config, weights)
    {
        config.Check(Keys);
        IsCausal = config.Flag("is_causal", true);
        HiddenSize = config.Width("n_embd");
        VocabularySize = config.Rows("vocab_size");
        MaxPositions = config.Rows("n_positions", 1024);
        _dropout = config.Dropout("embd_pdrop", 0.1f);
        Words = Own.Tensor("wte.weight", VocabularySize, HiddenSize);
        _positions = Own.Tensor("wpe.weight", MaxPositions, HiddenSize);
        _layers = [.. Enumerable.Range(0, config.Layers("n_layer")).Select(i => new Gpt2Layer(config, Own, i))];
        _norm = Own.LayerNorm("ln_f", HiddenSize, config.Epsilon("layer_norm_epsilon", 1e-5f));
    }

    /// <inheritdoc/>
    public override int HiddenSize { get; }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int MaxPositions { get; }

    internal override Tensor Words { get; }

    internal override bool IsCausal { get; }

    private protected override IReadOnlyList<TransformerLayer> Layers => _layers;

    internal override IReadOnlyDictionary<string, Func<ConfigurationFile, Weights, TaskHead>?> Heads => new Dictionary<string, Func<ConfigurationFile, Weights, TaskHead>?>
    {
        ["GPT2Model"] = null,
        ["GPT2LMHeadModel"] = (config, weights) => new WordPredictionHead(WordPredictor(config, weights, "lm_head.weight", tied: true)),
        ["GPT2ForSequenceClassification"] = (config, weights) => LastTokenClassificationHead.Create(config, weights, HiddenSize),
    };

    private protected override Tensor Embed(Computation run, PackedBatch batch) => run.Dropout(run.Embed(batch, Words, _positions), _dropout);

    private protected override Tensor Finish(Computation run, Tensor hidden) => run.LayerNorm(hidden, _norm);
}
