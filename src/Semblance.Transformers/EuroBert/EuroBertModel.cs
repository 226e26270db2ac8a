using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.EuroBert;

/// <summary>
/// Represents EuroBERT (Boizard et al. 2025, arXiv:2503.05500): a bidirectional encoder with Llama's layers (rotary positions,
/// root-mean-square norms, gated activations, shared key heads). Parameter names are those of transformers' <c>EuroBertModel</c>.
/// </summary>
public sealed class EuroBertModel : Transformer
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "attention_bias", "attention_dropout", "classifier_pooling", "head_dim", "hidden_act", "hidden_size", "intermediate_size",
            "max_position_embeddings", "mlp_bias", "num_attention_heads",
            "num_hidden_layers", "num_key_value_heads", "partial_rotary_factor", "rms_norm_eps", "rope_parameters", "rope_scaling",
            "rope_theta", "tie_word_embeddings", "vocab_size")
        .Alias("clf_pooling", "classifier_pooling")
        // tokens belong to the tokenizer; the original does not use the rest
        .Ignored("bos_token", "eos_token", "hidden_dropout", "mask_token", "pad_token", "pretraining_tp")
        .With(CommonKeys.All);

    private readonly RmsNorm _norm;

    private EuroBertModel(ConfigurationFile config, ModelParameters own)
        : base(config, own)
    {
        config.Check(Keys);
        HiddenSize = config.Width("hidden_size", 768);
        VocabularySize = config.Rows("vocab_size", 128256);
        MaxPositions = config.Rows("max_position_embeddings", 8192);
        var count = config.Width("num_attention_heads", 12);
        var size = config.Width("head_dim", Math.Max(1, HiddenSize / count));
        var heads = new AttentionHeads(count, size)
        {
            Dropout = config.Dropout("attention_dropout"),
            Positions = RotaryConfiguration.Read(config, size, config.Number("rope_theta", 250_000)),
        };
        WordEmbeddings = own.Embedding("embed_tokens", VocabularySize, HiddenSize);
        Blocks = [.. Enumerable.Range(0, config.Layers("num_hidden_layers", 12))
            .Select(i => new EuroBertLayer(config, own, heads, HiddenSize, $"layers.{i}"))];
        _norm = own.RmsNorm("norm", HiddenSize, config.Epsilon("rms_norm_eps", 1e-5f));
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("eurobert", "model.", (config, own) => new EuroBertModel(config, own))
    {
        Classes =
        [
            new("EuroBertModel"),
            new("EuroBertForMaskedLM", TaskKind.MaskedLanguageModel, (body, config, own) => new WordPredictionHead(VocabularyHead.Last(
                body, config, own, "lm_head.weight", tied: false,
                config.Flag("mlp_bias", false) ? own.Tensor("lm_head.bias", body.VocabularySize) : null))),
            new(
                "EuroBertForSequenceClassification", TaskKind.SequenceClassification,
                (body, config, own) => new EuroBertClassificationHead(config, own, body.HiddenSize)),
        ],
        Tokenizer = new(TokenizerKind.ByteLevel, ["<|begin_of_text|>", "<|end_of_text|>", "<|mask|>"], "<|end_of_text|>")
        {
            First = "<|begin_of_text|>",
            Last = "<|end_of_text|>",
            Mask = "<|mask|>",
        },
        NewConfiguration = sizes => NewConfiguration.Common(
            sizes, "EuroBertModel", ("hidden_size", sizes.HiddenSize), ("num_hidden_layers", sizes.NumHiddenLayers),
            ("num_attention_heads", sizes.NumAttentionHeads),
            ("num_key_value_heads", sizes.NumAttentionHeads), ("intermediate_size", sizes.FeedForwardSize), ("hidden_act", "silu"),
            ("max_position_embeddings", sizes.MaxPositionEmbeddings),
            ("rms_norm_eps", 1e-5), ("rope_theta", 250_000.0), ("attention_dropout", NewConfiguration.Number(sizes.Dropout)),
            ("tie_word_embeddings", false)),
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
    protected override IReadOnlyList<TransformerLayer> Blocks { get; }

    /// <inheritdoc/>
    protected override Tensor Embed(Computation run, PackedBatch batch) => run.Embed(batch, WordEmbeddings);

    /// <inheritdoc/>
    protected override Tensor Finish(Computation run, Tensor hidden) => run.RmsNorm(hidden, _norm);
}
