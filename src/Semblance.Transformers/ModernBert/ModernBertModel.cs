using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.ModernBert;

/// <summary>
/// ModernBERT (Warner et al. 2024, arXiv:2412.13663): bidirectional encoder with rotary positions, whose attention is local but for every third
/// layer. Parameter names are those of transformers' <c>ModernBertModel</c>.
/// </summary>
public sealed class ModernBertModel : LayeredTransformer
{
    private readonly LayerNorm _embeddingNorm;
    private readonly ModernBertLayer[] _layers;
    private readonly LayerNorm _norm;
    private readonly float _dropout;

    internal ModernBertModel(ConfigurationFile config, Weights weights)
        : base(config, weights)
    {
        HiddenSize = config.Width("hidden_size");
        VocabularySize = config.Rows("vocab_size");
        MaxPositions = config.Rows("max_position_embeddings", 8192);
        _dropout = config.Dropout("embedding_dropout");
        var epsilon = config.Number("norm_eps", 1e-5f);
        var normBias = config.Flag("norm_bias", false);
        var heads = config.Heads("num_attention_heads", HiddenSize);
        var globalEvery = config.Width("global_attn_every_n_layers", 3);
        var globalTheta = config.Number("global_rope_theta", 160_000);
        var everywhere = new AttentionHeads(heads, HiddenSize / heads)
        {
            Dropout = config.Dropout("attention_dropout"),
            Positions = RotaryConfiguration.Read(config, HiddenSize / heads, globalTheta),
        };
        var near = everywhere with
        {
            Window = (config.Rows("local_attention", 128) / 2) + 1, // half of them on each side
            Positions = RotaryConfiguration.Read(config, HiddenSize / heads, config.Number("local_rope_theta", globalTheta), "sliding_attention"),
        };

        Words = Own.Tensor("embeddings.tok_embeddings.weight", VocabularySize, HiddenSize);
        _embeddingNorm = Own.LayerNorm("embeddings.norm", HiddenSize, epsilon, normBias);
        _layers = [.. Enumerable.Range(0, config.Layers("num_hidden_layers")).Select(i => new ModernBertLayer(config, Own, i % globalEvery == 0 ? everywhere : near, i))];
        _norm = Own.LayerNorm("final_norm", HiddenSize, epsilon, normBias);
    }

    /// <inheritdoc/>
    public override int HiddenSize { get; }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int MaxPositions { get; }

    internal override Tensor Words { get; }

    private protected override IReadOnlyList<TransformerLayer> Layers => _layers;

    private protected override bool ListsFinalNorm => false;

    internal override IReadOnlyDictionary<string, Func<ConfigurationFile, Weights, TaskHead>?> Heads => new Dictionary<string, Func<ConfigurationFile, Weights, TaskHead>?>
    {
        ["ModernBertModel"] = null,
        ["ModernBertForMaskedLM"] = (config, weights) => new ModernBertWordHead(new ModernBertHead(config, weights), WordPredictor(
            config, weights, "decoder.weight", tied: true, config.Flag("decoder_bias", true) ? weights.Tensor("decoder.bias", VocabularySize) : null)),
        ["ModernBertForSequenceClassification"] = (config, weights) => new ModernBertClassificationHead(new ModernBertHead(config, weights), Classifier(config, weights), config.Text("classifier_pooling") switch
        {
            null or "cls" => Pooling.Cls,
            "mean" => Pooling.Mean,
            var other => throw config.Fault("classifier_pooling", $"is '{other}'; expected cls or mean"),
        }),
        ["ModernBertForTokenClassification"] = (config, weights) => new ModernBertClassificationHead(new ModernBertHead(config, weights), Classifier(config, weights)),
    };

    private Linear Classifier(ConfigurationFile config, Weights weights) => weights.Linear("classifier", TaskModel.LabelCount(config), HiddenSize);

    private protected override Tensor Embed(Computation run, PackedBatch batch)
    {
        using var embedded = run.Embed(batch, Words); // [tokens × hidden]
        return run.Dropout(run.LayerNorm(embedded, _embeddingNorm), _dropout);
    }

    private protected override Tensor Finish(Computation run, Tensor hidden) => run.LayerNorm(hidden, _norm);
}
