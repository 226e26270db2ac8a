using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.NomicBert;

/// <summary>
/// Represents NomicBERT (Nussbaum et al. 2024, arXiv:2402.01613): BERT with rotary positions, gated activations and a maximum sequence
/// length of 8,192 tokens. Settings and parameter names are those of the original (<c>nomic-ai/nomic-bert-2048</c>).
/// </summary>
public sealed class NomicBertModel : Transformer
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "activation_function", "attn_pdrop", "layer_norm_epsilon", "max_trained_positions", "mlp_fc1_bias", "mlp_fc2_bias", "n_embd",
            "n_head", "n_inner", "n_layer", "n_positions",
            "pad_vocab_size_multiple", "qkv_proj_bias", "resid_pdrop", "rotary_emb_base", "rotary_emb_fraction", "rotary_scaling_factor",
            "type_vocab_size", "vocab_size")
        .Alias("hidden_size", "n_embd").Alias("max_position_embeddings", "n_positions").Alias("num_attention_heads", "n_head")
        .Alias("num_hidden_layers", "n_layer")
        .Ignored(
            "dense_seq_output", "embd_pdrop", "expert_choice_router", "ffn_div", "fused_bias_fc", "fused_dropout_add_ln", "moe_impl",
            "moe_normalize_expert_weights", "moe_resid_pdrop", "moe_top_k",
            "num_shared_experts", "parallel_block_tied_norm", "reorder_and_upcast_attn", "router_aux_loss_coef", "summary_activation",
            "summary_first_dropout", "summary_proj_to_labels",
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

    private readonly EmbeddingTable? _types; // [types × hidden]
    private readonly LayerNorm _norm;
    private readonly NomicBertLayer[] _layers;
    private readonly Linear? _pooler;
    private readonly float _dropout;

    private NomicBertModel(ConfigurationFile config, ModelParameters own)
        : base(config, own)
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
        WordEmbeddings = own.Embedding("embeddings.word_embeddings", VocabularySize, HiddenSize);
        var types = config.WholeNumber("type_vocab_size", 0, 1 << 16, 2);
        _types = types > 0 ? own.Embedding("embeddings.token_type_embeddings", types, HiddenSize) : null;
        _norm = own.LayerNorm("emb_ln", HiddenSize, epsilon);
        _layers = [.. Enumerable.Range(0, config.Layers("n_layer")).Select(i => new NomicBertLayer(config, own, heads, i))];
        _pooler = own.Contains("pooler.dense.weight") ? own.Group(uses: 0).Linear("pooler.dense", HiddenSize, HiddenSize) : null;
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("nomic_bert", "bert.", (config, own) => new NomicBertModel(config, own))
    {
        Classes = [new("NomicBertModel"), new("NomicBertForPreTraining", TaskKind.MaskedLanguageModel, MaskedLanguageModel)],
        NewConfiguration = sizes => NewConfiguration.Common(
            sizes, "NomicBertModel", ("n_embd", sizes.HiddenSize), ("n_layer", sizes.NumHiddenLayers), ("n_head", sizes.NumAttentionHeads),
            ("n_inner", sizes.FeedForwardSize),
            ("n_positions", sizes.MaxPositionEmbeddings), ("activation_function", "swiglu"), ("layer_norm_epsilon", 1e-12),
            ("rotary_emb_fraction", 1.0), ("rotary_emb_base", 10_000),
            ("type_vocab_size", 2), ("prenorm", false), ("qkv_proj_bias", false), ("mlp_fc1_bias", false), ("mlp_fc2_bias", false),
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
    protected override IReadOnlyList<TransformerLayer> Blocks => _layers;

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

    /// <inheritdoc/>
    protected override Tensor Embed(Computation run, PackedBatch batch)
    {
        using var embedded = run.Embed(batch, WordEmbeddings, types: _types); // [tokens × hidden]
        return run.DropoutInPlace(run.LayerNorm(embedded, _norm), _dropout);
    }

    private static MaskedLanguageModelHead MaskedLanguageModel(Transformer body, ConfigurationFile config, ModelParameters own)
    {
        const string Name = "cls.predictions.";
        var bias = config.Flag("mlp_fc1_bias", true);

        // SiLU after swiglu, and GELU after any other function.
        var activation = config.Text("activation_function") switch
        {
            "swiglu" => Activation.Silu,
            "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => Activation.GeluTanh,
            _ => Activation.Gelu,
        };
        var dense = own.Linear(Name + "transform.dense", body.HiddenSize, body.HiddenSize, bias);
        var norm = own.LayerNorm(Name + "transform.layer_norm", body.HiddenSize, config.Epsilon("layer_norm_epsilon", 1e-5f));
        return new MaskedLanguageModelHead(
            own, body.WordEmbeddings.Weight, bias ? own.Tensor(Name + "decoder.bias", body.VocabularySize) : null, dense, activation, norm);
    }

    private static RotaryPositions Positions(ConfigurationFile config, int headSize)
    {
        // Dynamic scaling for longer texts would make an embedding depend on the longest text in the batch.
        if (config.Number("rotary_scaling_factor", 0) != 0 && config.Rows("max_trained_positions", 2048) < config.Rows("n_positions", 2048))
        {
            throw config.Fault("rotary_scaling_factor", "is set; only positions without dynamic scaling are supported");
        }

        var columns = (int)(headSize * config.Number("rotary_emb_fraction", 1));
        return columns >= 2 && columns % 2 == 0 && columns <= headSize
            ? new RotaryPositions(RotaryPositions.Frequencies(columns, config.Positive("rotary_emb_base", 10_000)))
            : throw config.Fault(
                "rotary_emb_fraction", $"gives {columns} of the {headSize} columns of a head; expected an even number of them");
    }
}
