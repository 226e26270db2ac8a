using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>
/// Represents the second version of DeBERTa and, with the same architecture, the third (He et al. 2023, arXiv:2111.09543): far distances
/// share embeddings in buckets, and contents and positions may share projections. Parameter names are those of transformers'
/// <c>DebertaV2Model</c>.
/// </summary>
public sealed class DebertaV2Model : DebertaEncoder
{
    private DebertaV2Model(
        ConfigurationFile configuration, ModelParameters own, BertConfig config, BertEmbeddings embeddings, TransformerLayer[] layers,
        RelativeEmbeddings? relative)
        : base(configuration, own, config, embeddings, layers, relative)
    {
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("deberta-v2", "deberta.", Create)
    {
        Classes = Classes("DebertaV2"),
        Tokenizer = TokenizerLayout.Bert with
        {
            Kind = TokenizerKind.Unigram,
            SpecialTokens = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"],
        },
        NewConfiguration = sizes => NewDeberta(sizes, "DebertaV2Model", "p2c", "c2p")
            .With(
                ("position_buckets", Math.Min(256, sizes.MaxPositionEmbeddings)), ("norm_rel_ebd", "layer_norm"), ("share_att_key", true)),
    };

    private static DebertaV2Model Create(ConfigurationFile configuration, ModelParameters own)
    {
        configuration.Check(Keys
            .Supported(
                "attention_head_size", "conv_act", "conv_groups", "conv_kernel_size", "norm_rel_ebd", "position_buckets", "share_att_key")
            .With(CommonKeys.All));
        var config = ReadConfig(configuration);
        var headSize = config.HiddenSize / config.NumAttentionHeads;
        if (configuration.WholeNumber("attention_head_size", 1, BertConfig.LargestWidth, headSize) is var size && size != headSize)
        {
            throw configuration.Fault(
                "attention_head_size",
                $"is {size}; only 'hidden_size' divided by 'num_attention_heads', {headSize}, is supported");
        }

        var types = PositionTypes(configuration);
        var shares = configuration.Flag("share_att_key", false);

        // Groups keep the order of the list; the embeddings of distances are initialized first, then the layers.
        var (tables, stack, distances) = (own.Group(), own.Group(), own.Group());
        var relative = configuration.Flag("relative_attention", false) ? Relative(configuration, config, distances) : null;
        var layers = Stack(config, i => Layer(config, stack, $"encoder.layer.{i}", relative is null ? null : types, shares));
        if (configuration.WholeNumber("conv_kernel_size", 0, BertConfig.LargestWidth, 0) > 0)
        {
            var convolution = new DebertaConvolution(config, configuration, own);
            if (layers.Length > 0)
            {
                layers[0] = new ConvolvedLayer(layers[0], convolution);
            }
        }

        return new DebertaV2Model(configuration, own, config, Embeddings(configuration, config, tables), layers, relative);
    }

    private static BertLayer Layer(BertConfig config, ModelParameters own, string name, IReadOnlyCollection<string>? types, bool shares)
    {
        var self = name + ".attention.self.";
        var projections = new LinearProjections(own, self, config.HiddenSize);
        var positions = types is null
            ? null
            : new DisentangledPositions(
                config, own.Group(uses: 0), types, self + "pos_key_proj", keyBias: true, self + "pos_query_proj",
                shares ? projections : null);
        return BertLayer.Create(
            config, own, name,
            attention: BertAttention.Create(config, own, name + ".attention", new DisentangledAttention(config, projections, positions)));
    }

    private static RelativeEmbeddings Relative(ConfigurationFile configuration, BertConfig config, ModelParameters own)
    {
        var buckets = configuration.WholeNumber("position_buckets", int.MinValue, BertConfig.LargestTable, -1);
        var distance = MaxDistance(configuration, config);
        if (buckets > 0 && (buckets < 2 || distance - 1 <= buckets / 2))
        {
            throw configuration.Fault(
                "position_buckets", $"is {buckets}; expected at least 2 and less than twice the largest distance, {distance}");
        }

        var norms = (configuration.Text("norm_rel_ebd") ?? "none").ToLowerInvariant().Split('|', StringSplitOptions.TrimEntries);
        return new RelativeEmbeddings(
            own, config.HiddenSize, Math.Max(0, buckets), distance, norms.Contains("layer_norm") ? config.LayerNormEps : null);
    }
}
