using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.NomicBert;

/// <summary>
/// NomicBERT (Nussbaum et al. 2024, arXiv:2402.01613): BERT with rotary positions, gated activations and room for 8,192 tokens. Settings and
/// parameter names are those of the original (<c>nomic-ai/nomic-bert-2048</c>).
/// </summary>
public sealed class NomicBertModel : LayeredTransformer
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Honoured(
            "activation_function", "attn_pdrop", "layer_norm_epsilon", "max_trained_positions", "mlp_fc1_bias", "mlp_fc2_bias", "n_embd", "n_head", "n_inner", "n_layer", "n_positions",
            "pad_vocab_size_multiple", "qkv_proj_bias", "resid_pdrop", "rotary_emb_base", "rotary_emb_fraction", "rotary_scaling_factor", "type_vocab_size", "vocab_size")
        .Alias("hidden_size", "n_embd").Alias("max_position_embeddings", "n_positions").Alias("num_attention_heads", "n_head").Alias("num_hidden_layers", "n_layer")
        .Ignored(
            "dense_seq_output", "embd_pdrop", "expert_choice_router", "ffn_div", "fused_bias_fc", "fused_dropout_add_ln", "moe_impl", "moe_normalize_expert_weights", "moe_resid_pdrop", "moe_top_k",
            "num_shared_experts", "parallel_block_tied_norm", "reorder_and_upcast_attn", "router_aux_loss_coef", "summary_activation", "summary_first_dropout", "summary_proj_to_labels",
            "summary_type", "summary_use_proj", "use_flash_attn", "use_xentropy")
        .Unsupported("causal", "attention in both directions", "false")
        .Unsupported("last_layer_subset", "all tokens in the last layer", "false")
        .Unsupported("moe_every_n_layers", "layers without experts", "0")
        .Unsupported("num_experts", "layers without experts", "0")
        .Unsupported("parallel_block", "attention before the feed-forward block", "false")
        .Unsupported("prenorm", "norms after the blocks", "false")
        .Unsupported("rotary_emb_interleaved", "rotary positions by halves", "false")
        .Unsupported("rotary_emb_scale_base", "rotary positions without a scale")
        .Unsupported("scale_attn_by_inverse_layer_idx", "scores of the same scale in all layers", "false")
        .Unsupported("scale_attn_weights", "scores divided by the root of the head size", "true")
        .Unsupported("use_rms_norm", "layer norms", "false")
        .With(CommonKeys.All);

    private readonly Tensor? _types; // [types × hidden]
    private readonly LayerNorm _norm;
    private readonly NomicBertLayer[] _layers;
    private readonly Linear? _pooler;
    private readonly float _dropout;

    internal NomicBertModel(ConfigurationFile config, Weights weights)
        : base(config, weights)
    {
        config.Check(Keys);
        HiddenSize = config.Width("n_embd");
        MaxPositions = config.Rows("n_positions", 2048);
        var multiple = config.Width("pad_vocab_size_multiple", 1);
        VocabularySize = (config.Rows("vocab_size") + multiple - 1) / multiple * multiple;
        _dropout = config.Dropout("resid_pdrop");
        var epsilon = config.Epsilon("layer_norm_epsilon", 1e-5f);
        var count = config.Heads("n_head", HiddenSize);
        var heads = new AttentionHeads(count, HiddenSize / count)
        {
            Dropout = config.Dropout("attn_pdrop"),
            Positions = Positions(config, HiddenSize / count),
        };
        Words = Own.Tensor("embeddings.word_embeddings.weight", VocabularySize, HiddenSize);
        var types = config.WholeNumber("type_vocab_size", 0, 1 << 16, 2);
        _types = types > 0 ? Own.Tensor("embeddings.token_type_embeddings.weight", types, HiddenSize) : null;
        _norm = Own.LayerNorm("emb_ln", HiddenSize, epsilon);
        _layers = [.. Enumerable.Range(0, config.Layers("n_layer")).Select(i => new NomicBertLayer(config, Own, heads, i))];
        _pooler = Own.Contains("pooler.dense.weight") ? Own.Linear("pooler.dense", HiddenSize, HiddenSize) : null;
    }

    /// <inheritdoc/>
    public override int HiddenSize { get; }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int MaxPositions { get; }

    internal override Tensor Words { get; }

    private protected override IReadOnlyList<TransformerLayer> Layers => _layers;

    /// <inheritdoc/>
    public override Tensor? Pool(Computation run, Tensor hidden, PackedBatch batch)
    {
        if (_pooler is null)
        {
            return null;
        }

        using var first = run.Pool(hidden, batch, [Pooling.Cls]); // [sequences × hidden]
        return run.Linear(first, _pooler, Activation.Tanh);
    }

    internal override IReadOnlyDictionary<string, Func<ConfigurationFile, Weights, TaskHead>?> Heads =>
        new Dictionary<string, Func<ConfigurationFile, Weights, TaskHead>?> { ["NomicBertModel"] = null };

    private protected override Tensor Embed(Computation run, PackedBatch batch)
    {
        using var embedded = run.Embed(batch, Words, types: _types); // [tokens × hidden]
        return run.Dropout(run.LayerNorm(embedded, _norm), _dropout);
    }

    private static RotaryPositions Positions(ConfigurationFile config, int headSize)
    {
        // Scaling for texts beyond those learned from would make a vector depend on the longest text beside it.
        if (config.Number("rotary_scaling_factor", 0) != 0 && config.Rows("max_trained_positions", 2048) < config.Rows("n_positions", 2048))
        {
            throw config.Fault("rotary_scaling_factor", "is set; only positions without dynamic scaling are supported");
        }

        var columns = (int)(headSize * config.Number("rotary_emb_fraction", 1));
        return columns >= 2 && columns % 2 == 0 && columns <= headSize
            ? new RotaryPositions(RotaryPositions.Frequencies(columns, config.Positive("rotary_emb_base", 10_000)))
            : throw config.Fault("rotary_emb_fraction", $"gives {columns} of the {headSize} columns of a head; expected an even number of them");
    }
}
