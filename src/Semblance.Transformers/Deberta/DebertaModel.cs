using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Deberta;

/// <summary>
/// Represents the first version of DeBERTa (He et al. 2021, arXiv:2006.03654): each distance has its own embedding; queries, keys and
/// values have one weight. Parameter names are those of transformers' <c>DebertaModel</c>.
/// </summary>
public sealed class DebertaModel : DebertaEncoder
{
    private DebertaModel(
        ConfigurationFile configuration, ModelParameters own, BertConfig config, BertEmbeddings embeddings, TransformerLayer[] layers,
        RelativeEmbeddings? relative)
        : base(configuration, own, config, embeddings, layers, relative)
    {
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("deberta", "deberta.", Create)
    {
        Classes = Classes("Deberta"),
        Tokenizer = TokenizerLayout.Bert with
        {
            Kind = TokenizerKind.ByteLevel,
            SpecialTokens = ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"],
        },
        NewConfiguration = sizes => NewDeberta(sizes, "DebertaModel", "c2p", "p2c"),
    };

    private static DebertaModel Create(ConfigurationFile configuration, ModelParameters own)
    {
        configuration.Check(Keys.Unsupported("talking_head", "attention without talking heads", "false").With(CommonKeys.All));
        var config = ReadConfig(configuration);
        var types = PositionTypes(configuration);

        // Groups keep the order of the list; the embeddings of distances are initialized first, then the layers.
        var (tables, stack, distances) = (own.Group(), own.Group(), own.Group());
        var relative = configuration.Flag("relative_attention", false)
            ? new RelativeEmbeddings(distances, config.HiddenSize, 0, MaxDistance(configuration, config), null)
            : null;
        var layers = Stack(config, i => Layer(config, stack, $"encoder.layer.{i}", relative is null ? null : types));
        return new DebertaModel(configuration, own, config, Embeddings(configuration, config, tables), layers, relative);
    }

    private static BertLayer Layer(BertConfig config, ModelParameters own, string name, IReadOnlyCollection<string>? types)
    {
        var self = name + ".attention.self.";
        var contents = own.Group();
        var positions = types is null
            ? null
            : new DisentangledPositions(config, own.Group(uses: 0), types, self + "pos_proj", keyBias: false, self + "pos_q_proj");
        var projections = new FusedProjections(contents, self, config.HiddenSize, config.NumAttentionHeads);
        return BertLayer.Create(
            config, own, name,
            attention: BertAttention.Create(config, own, name + ".attention", new DisentangledAttention(config, projections, positions)));
    }
}
