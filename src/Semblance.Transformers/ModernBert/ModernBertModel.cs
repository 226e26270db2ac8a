using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.ModernBert;

/// <summary>
/// Represents ModernBERT (Warner et al. 2024, arXiv:2412.13663): a bidirectional encoder with rotary positions, whose attention is local
/// except in every third layer. Parameter names are those of transformers' <c>ModernBertModel</c>.
/// </summary>
public sealed class ModernBertModel : Transformer
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "attention_bias", "attention_dropout", "classifier_activation", "classifier_bias", "classifier_pooling", "decoder_bias",
            "embedding_dropout", "global_attn_every_n_layers",
            "global_rope_theta", "hidden_activation", "hidden_size", "intermediate_size", "layer_types", "local_attention",
            "local_rope_theta", "max_position_embeddings", "mlp_bias", "mlp_dropout",
            "norm_bias", "norm_eps", "num_attention_heads", "num_hidden_layers", "partial_rotary_factor", "rope_parameters", "rope_scaling",
            "sliding_window", "tie_word_embeddings", "vocab_size")
        .Ignored(
            "deterministic_flash_attn", "initializer_cutoff_factor", "layer_norm_eps", "position_embedding_type", "reference_compile",
            "repad_logits_with_grad", "sparse_pred_ignore_index",
            "sparse_prediction") // of training and of other implementations; the ε is norm_eps
        .With(CommonKeys.All);

    private readonly LayerNorm _embeddingNorm;
    private readonly ModernBertLayer[] _layers;
    private readonly LayerNorm _norm;
    private readonly float _dropout;

    private ModernBertModel(ConfigurationFile config, ModelParameters own)
        : base(config, own)
    {
        config.Check(Keys);
        HiddenSize = config.Width("hidden_size");
        VocabularySize = config.Rows("vocab_size");
        MaxPositions = config.Rows("max_position_embeddings", 8192);
        _dropout = config.Dropout("embedding_dropout");
        var epsilon = config.Epsilon("norm_eps", 1e-5f);
        var normBias = config.Flag("norm_bias", false);
        var heads = config.Heads("num_attention_heads", HiddenSize);
        var layers = config.Layers("num_hidden_layers");
        var globalTheta = config.Number("global_rope_theta", 160_000);
        var everywhere = new AttentionHeads(heads, HiddenSize / heads)
        {
            Dropout = config.Dropout("attention_dropout"),
            Positions = RotaryConfiguration.Read(config, HiddenSize / heads, globalTheta),
        };
        var near = everywhere with
        {
            Window = LocalDistance(config) + 1,
            Positions = RotaryConfiguration.Read(
                config, HiddenSize / heads, config.Number("local_rope_theta", config.IsNull("local_rope_theta") ? globalTheta : 10_000),
                "sliding_attention"),
        };

        WordEmbeddings = own.Embedding("embeddings.tok_embeddings", VocabularySize, HiddenSize);
        _embeddingNorm = own.LayerNorm("embeddings.norm", HiddenSize, epsilon, normBias);
        var slides = LayerTypes.Slides(config, layers, index => index % config.Width("global_attn_every_n_layers", 3) != 0);
        _layers = [.. Enumerable.Range(0, layers).Select(i => new ModernBertLayer(config, own, slides[i] ? near : everywhere, i))];
        _norm = own.LayerNorm("final_norm", HiddenSize, epsilon, normBias);
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("modernbert", "model.", (config, own) => new ModernBertModel(config, own))
    {
        Classes =
        [
            new("ModernBertModel"),
            new(
                "ModernBertForMaskedLM", TaskKind.MaskedLanguageModel,
                (body, config, own) => new ModernBertWordHead(new ModernBertHead(config, own), VocabularyHead.Last(
                    body, config, own, "decoder.weight", tied: true,
                    config.Flag("decoder_bias", true) ? own.Tensor("decoder.bias", body.VocabularySize) : null))),
            new(
                "ModernBertForSequenceClassification", TaskKind.SequenceClassification,
                (body, config, own) => new ModernBertClassificationHead(
                    new ModernBertHead(config, own), Classifier(body, config, own), ClassifierPooling(config))),
            new(
                "ModernBertForTokenClassification", TaskKind.TokenClassification,
                (body, config, own) => new ModernBertClassificationHead(
                    new ModernBertHead(config, own), Classifier(body, config, own))),
        ],
        Tokenizer = TokenizerLayout.Bert with
        {
            Kind = TokenizerKind.ByteLevel,
            SpecialTokens = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"],
        },
        NewConfiguration = sizes => NewConfiguration.Common(
            sizes, "ModernBertModel", ("hidden_size", sizes.HiddenSize), ("num_hidden_layers", sizes.NumHiddenLayers),
            ("num_attention_heads", sizes.NumAttentionHeads),
            ("intermediate_size", sizes.FeedForwardSize), ("max_position_embeddings", sizes.MaxPositionEmbeddings),
            ("hidden_activation", "gelu"), ("norm_eps", 1e-5), ("norm_bias", false),
            ("attention_bias", false), ("mlp_bias", false), ("global_attn_every_n_layers", 3), ("local_attention", 128),
            ("global_rope_theta", 160_000.0), ("local_rope_theta", 10_000.0),
            ("embedding_dropout", NewConfiguration.Number(sizes.Dropout)), ("attention_dropout", NewConfiguration.Number(sizes.Dropout)),
            ("mlp_dropout", NewConfiguration.Number(sizes.Dropout))),
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

    // Returns the reach of local attention to each side; the newer setting is this number, the older twice as much.
    private static int LocalDistance(ConfigurationFile config) =>
        config.Find("sliding_window") is null ? config.Rows("local_attention", 128) / 2 : config.Rows("sliding_window");

    /// <inheritdoc/>
    protected override Tensor Embed(Computation run, PackedBatch batch)
    {
        using var embedded = run.Embed(batch, WordEmbeddings); // [tokens × hidden]
        return run.DropoutInPlace(run.LayerNorm(embedded, _embeddingNorm), _dropout);
    }

    /// <inheritdoc/>
    protected override Tensor Finish(Computation run, Tensor hidden) => run.LayerNorm(hidden, _norm);

    private static Linear Classifier(Transformer body, ConfigurationFile config, ModelParameters own) =>
        own.Linear("classifier", TaskModel.LabelCount(config), body.HiddenSize);

    private static Pooling ClassifierPooling(ConfigurationFile config) => config.Text("classifier_pooling") switch
    {
        null or "cls" => Pooling.Cls,
        "mean" => Pooling.Mean,
        var other => throw config.Fault("classifier_pooling", $"is '{other}'; expected cls or mean"),
    };
}
