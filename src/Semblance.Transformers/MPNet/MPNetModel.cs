using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.MPNet;

/// <summary>
/// Represents MPNet (Song et al. 2020, arXiv:2004.09297): RoBERTa's encoder without token types, with a bias by the distance of two tokens
/// that all layers share. Parameter names are those of transformers' <c>MPNetModel</c>.
/// </summary>
public sealed class MPNetModel : BertEncoder
{
    private const int MaxDistance = 128; // not in the configuration
    private const int PaddingId = 1; // whatever the configuration says

    private readonly EmbeddingTable _bias; // [buckets × heads]

    private MPNetModel(
        ConfigurationFile configuration, ModelParameters own, BertConfig config, BertEmbeddings embeddings, TransformerLayer[] layers,
        Linear? pooler, EmbeddingTable bias)
        : base(configuration, own, config, embeddings, layers, pooler) => _bias = bias;

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("mpnet", "mpnet.", Create)
    {
        Classes =
        [
            new("MPNetModel"), BertHeads.RobertaMaskedLanguageModel("MPNetForMaskedLM"),
            .. BertHeads.Dense("MPNet", "classifier.dense", _ => Activation.Tanh, "classifier.out_proj"),
        ],
        HasPooler = true,
        Tokenizer = new(TokenizerKind.WordPiece, ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"], "<pad>")
        {
            First = "<s>",
            Last = "</s>",
            Unknown = "[UNK]",
            Mask = "<mask>",
        },
        NewConfiguration = sizes => BertModel.NewBert(sizes with { PadTokenId = PaddingId }, "MPNetModel", types: 0)
            .With(("max_position_embeddings", sizes.MaxPositionEmbeddings + PaddingId + 1), ("relative_attention_num_buckets", 32)),
    };

    /// <inheritdoc/>
    protected override AttentionContext Share(Computation run, PackedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return base.Share(run, batch) with
        {
            Bias = RelativeBuckets.Bias(
                run, _bias, batch.LongestSequence, distance => RelativeBuckets.Of(distance, _bias.Rows, MaxDistance, bidirectional: true)),
        };
    }

    private static MPNetModel Create(ConfigurationFile configuration, ModelParameters own)
    {
        configuration.Check(BertConfig.Keys.Supported("relative_attention_num_buckets").With(CommonKeys.All));
        var config = BertConfig.Read(configuration, new BertConfig { TypeVocabSize = 0 });
        var buckets = configuration.WholeNumber("relative_attention_num_buckets", 4, 2 * MaxDistance, 32);
        var embeddings = new BertEmbeddings(config, own, config.HiddenSize, PaddingId, types: false);
        var layers = Stack(config, i => Layer(config, own, $"encoder.layer.{i}"));
        var relative = own.Group(); // listed before the pooler, but initialized after it
        var pooler = Pooler(own, config);
        return new MPNetModel(
            configuration, own, config, embeddings, layers, pooler,
            relative.Embedding("encoder.relative_attention_bias", buckets, config.NumAttentionHeads));
    }

    private static BertLayer Layer(BertConfig config, ModelParameters own, string name) => new(
        new BertAttention(
            config,
            own,
            new BertSelfAttention(config, own, name + ".attention.attn.q", name + ".attention.attn.k", name + ".attention.attn.v"),
            name + ".attention.attn.o",
            name + ".attention.LayerNorm"),
        null,
        BertLayer.FeedForward(config, own, name));
}
