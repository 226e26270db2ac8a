using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Albert;

/// <summary>
/// Represents ALBERT (Lan et al. 2020, arXiv:1909.11942): BERT with embeddings narrower than its layers, whose layers share their
/// parameters by groups. Parameter names are those of transformers' <c>AlbertModel</c>.
/// </summary>
public sealed class AlbertModel : BertEncoder
{
    private AlbertModel(
        ConfigurationFile configuration, ModelParameters own, BertConfig config, BertEmbeddings embeddings, TransformerLayer[] layers)
        : base(configuration, own, config, embeddings, layers, Pooler(own, config, "pooler"))
    {
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("albert", "albert.", Create)
    {
        Classes =
        [
            new("AlbertModel"), MaskedLanguageModel("AlbertForMaskedLM"), MaskedLanguageModel("AlbertForPreTraining"),
            .. BertHeads.Pooled("Albert"),
        ],
        HasPooler = true,
        Tokenizer = new(TokenizerKind.Unigram, ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"], "<pad>")
        {
            First = "[CLS]",
            Last = "[SEP]",
            Unknown = "<unk>",
            Mask = "[MASK]",
        },
        NewConfiguration = sizes => BertModel.NewBert(sizes, "AlbertModel", types: 2)
            .With(
                ("hidden_act", "gelu_new"), ("embedding_size", Math.Min(128, sizes.HiddenSize)), ("num_hidden_groups", 1),
                ("inner_group_num", 1)),
    };

    private static AlbertModel Create(ConfigurationFile configuration, ModelParameters own)
    {
        configuration.Check(BertConfig.Keys
            .Supported("embedding_size", "inner_group_num", "num_hidden_groups")
            // not used by the original
            .Ignored(
                "classifier_dropout_prob", "down_scale_factor", "gap_size", "layers_to_keep", "net_structure_type", "num_memory_blocks")
            .With(CommonKeys.All));
        var config = BertConfig.Read(
            configuration, new BertConfig { HiddenAct = Activation.GeluTanh, HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0 });
        var width = configuration.WholeNumber("embedding_size", 1, BertConfig.LargestWidth, 128);
        var groups = configuration.WholeNumber("num_hidden_groups", 1, Math.Max(1, config.NumHiddenLayers), 1);
        var inner = configuration.WholeNumber("inner_group_num", 1, BertConfig.MostLayers / groups, 1);

        // Each layer of the model is one of the groups, which may consist of several layers in a row.
        int[] groupOf = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => (int)((long)i * groups / config.NumHiddenLayers))];
        var tables = own.Group(); // listed before the layers, but initialized after them
        LayerGroup[] shared = [.. Enumerable.Range(0, groups).Select(group =>
        {
            var uses = own.Group(groupOf.Count(used => used == group));
            return new LayerGroup(
                [.. Enumerable.Range(0, inner).Select(i => Layer(config, uses, $"encoder.albert_layer_groups.{group}.albert_layers.{i}"))]);
        })];
        var embeddings = new BertEmbeddings(config, tables, width, projection: "encoder.embedding_hidden_mapping_in");
        return new AlbertModel(configuration, own, config, embeddings, [.. groupOf.Select(group => shared[group])]);
    }

    private static BertLayer Layer(BertConfig config, ModelParameters own, string name) => new(
        new BertAttention(
            config,
            own,
            new BertSelfAttention(config, own, name + ".attention.query", name + ".attention.key", name + ".attention.value"),
            name + ".attention.dense",
            name + ".attention.LayerNorm"),
        null,
        new BertFeedForward(config, own, name + ".ffn", name + ".ffn_output", name + ".full_layer_layer_norm", dropout: false));

    private static ArchitectureClass MaskedLanguageModel(string name) =>
        BertHeads.MaskedLanguageModel(name, "predictions.dense", "predictions.LayerNorm", "predictions.bias", "predictions.decoder.weight");
}
