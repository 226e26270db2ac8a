using System.Text.Json.Nodes;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Decoders;

/// <summary>
/// Represents the Llama family (Touvron et al. 2023, arXiv:2302.13971): Llama, Mistral, Qwen2, Qwen3, Gemma and the text part of Gemma 3.
/// It has rotary positions, key heads shared in groups, root-mean-square norms and gated activations; attention is causal unless the
/// configuration says that it is bidirectional, as in some embedding models. Parameter names are those of transformers.
/// </summary>
public sealed class DecoderModel : Transformer
{
    private readonly DecoderConfig _config;
    private readonly DecoderLayer[] _layers;
    private readonly RmsNorm _norm;

    private DecoderModel(ConfigurationFile config, ModelParameters own)
        : base(config, own)
    {
        _config = new DecoderConfig(config);
        WordEmbeddings = own.Embedding("embed_tokens", _config.VocabularySize, _config.HiddenSize);
        _layers = [.. Enumerable.Range(0, _config.LayerCount).Select(i => new DecoderLayer(_config, own, i))];
        _norm = own.RmsNorm("norm", _config.HiddenSize, _config.Epsilon, _config.NormOffset);
    }

    /// <summary>Gets the descriptor of Llama.</summary>
    public static Architecture Llama { get; } = Describe("llama", "Llama", Ends("<|begin_of_text|>", "<|end_of_text|>"));

    /// <summary>Gets the descriptor of Mistral.</summary>
    public static Architecture Mistral { get; } = Describe(
        "mistral", "Mistral",
        new(TokenizerKind.ByteFallback, ["<unk>", "<s>", "</s>"], "</s>") { First = "<s>", Unknown = "<unk>", End = "</s>" },
        _ => [("sliding_window", null)]);

    /// <summary>Gets the descriptor of Qwen2.</summary>
    public static Architecture Qwen2 { get; } = Describe("qwen2", "Qwen2", Ends(null, "<|endoftext|>"));

    /// <summary>Gets the descriptor of Qwen3.</summary>
    public static Architecture Qwen3 { get; } = Describe("qwen3", "Qwen3", Ends(null, "<|endoftext|>"), HeadSize);

    /// <summary>Gets the descriptor of Gemma.</summary>
    public static Architecture Gemma { get; } = Describe("gemma", "Gemma", GemmaTokens, HeadSize, isGemma: true);

    /// <summary>Gets the descriptor of the text part of Gemma 3.</summary>
    public static Architecture Gemma3 { get; } = Describe(
        "gemma3_text",
        "Gemma3Text",
        GemmaTokens,
        sizes =>
        [
            .. HeadSize(sizes), ("query_pre_attn_scalar", sizes.HiddenSize / sizes.NumAttentionHeads), ("rope_theta", 1_000_000),
            ("rope_local_base_freq", 10_000), ("sliding_window", 512),
            ("sliding_window_pattern", 6),
        ],
        isGemma: true,
        causalClass: "Gemma3ForCausalLM");

    /// <inheritdoc/>
    public override int HiddenSize => _config.HiddenSize;

    /// <inheritdoc/>
    public override int VocabularySize => _config.VocabularySize;

    /// <inheritdoc/>
    public override int MaxPositions => _config.MaxPositions;

    /// <inheritdoc/>
    public override EmbeddingTable WordEmbeddings { get; }

    /// <inheritdoc/>
    public override bool IsCausal => _config.IsCausal;

    /// <inheritdoc/>
    protected override IReadOnlyList<TransformerLayer> Blocks => _layers;

    /// <inheritdoc/>
    protected override Tensor Embed(Computation run, PackedBatch batch)
    {
        var embedded = run.Embed(batch, WordEmbeddings); // [tokens × hidden]
        if (_config.EmbeddingScale == 1)
        {
            return embedded;
        }

        using (embedded)
        {
            return run.Scale(embedded, _config.EmbeddingScale);
        }
    }

    /// <inheritdoc/>
    protected override Tensor Finish(Computation run, Tensor hidden) => run.RmsNorm(hidden, _norm);

    private static TokenizerLayout GemmaTokens => new(TokenizerKind.ByteFallback, ["<pad>", "<eos>", "<bos>", "<unk>"], "<pad>")
    {
        First = "<bos>",
        Unknown = "<unk>",
        End = "<eos>",
    };

    private static TokenizerLayout Ends(string? first, string end) =>
        new(TokenizerKind.ByteLevel, first is null ? [end] : [first, end], end) { First = first, End = end };

    private static (string Field, JsonNode? Value)[] HeadSize(ModelSizes sizes) =>
        [("head_dim", sizes.HiddenSize / sizes.NumAttentionHeads)];

    private static Architecture Describe(
        string modelType,
        string name,
        TokenizerLayout tokenizer,
        Func<ModelSizes, (string Field, JsonNode? Value)[]>? fields = null,
        bool isGemma = false,
        string? causalClass = null) => new(modelType, "model.", (config, own) => new DecoderModel(config, own))
        {
            Classes =
            [
                new(name + "Model"),
                new(causalClass ?? name + "ForCausalLM", TaskKind.CausalLanguageModel, CreateWordPredictor),
                new(
                    name + "ForSequenceClassification", TaskKind.SequenceClassification,
                    (body, config, own) => LastTokenClassificationHead.Create(config, own, body.HiddenSize)),
            ],
            IsCausal = true,
            NormScale = isGemma ? 0 : 1, // stored minus 1
            Tokenizer = tokenizer,
            NewConfiguration = sizes => NewConfiguration.Common(
                sizes, name + "Model", ("hidden_size", sizes.HiddenSize), ("num_hidden_layers", sizes.NumHiddenLayers),
                ("num_attention_heads", sizes.NumAttentionHeads),
                ("num_key_value_heads", sizes.NumAttentionHeads), ("intermediate_size", sizes.FeedForwardSize),
                (isGemma ? "hidden_activation" : "hidden_act", isGemma ? "gelu_pytorch_tanh" : "silu"),
                ("max_position_embeddings", sizes.MaxPositionEmbeddings), ("rms_norm_eps", 1e-6),
                ("rope_theta", 10_000.0), ("attention_dropout", NewConfiguration.Number(sizes.Dropout)),
                ("tie_word_embeddings", true)).With(fields?.Invoke(sizes) ?? []),
        };

    private static WordPredictionHead CreateWordPredictor(Transformer body, ConfigurationFile config, ModelParameters own) =>
        config.Find("final_logit_softcapping") is null
            ? new WordPredictionHead(VocabularyHead.Last(body, config, own, "lm_head.weight", tied: ((DecoderModel)body)._config.IsGemma))
            : throw config.Fault("final_logit_softcapping", "is set; capped logits are not supported");
}
