using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Bert;

/// <summary>
/// Represents BERT (Devlin et al. 2019, arXiv:1810.04805): a bidirectional encoder with learned absolute positions and a layer norm after
/// each block. Parameter names are those of transformers' <c>BertModel</c>.
/// </summary>
public sealed class BertModel : BertEncoder
{
    private BertModel(ConfigurationFile configuration, ModelParameters own, BertConfig config, bool decoder)
        : base(
            configuration,
            own,
            config,
            new BertEmbeddings(config, own, config.HiddenSize),
            BertLayers(config, own, decoder),
            Pooler(own, config),
            decoder)
    {
    }

    internal override bool AcceptsPrefix => !IsCausal;

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("bert", "bert.", (configuration, own) => Create(configuration, own))
    {
        Classes =
        [
            new("BertModel"), BertHeads.MaskedLanguageModel("BertForMaskedLM"), BertHeads.MaskedLanguageModel("BertForPreTraining"),
            .. BertHeads.Pooled("Bert"),
        ],
        HasPooler = true,
        NewConfiguration = sizes => NewBert(sizes, "BertModel", types: 2),
        CreateDecoder = BertHeads.Decoder((configuration, own) => Create(configuration, own, decoder: true)),
    };

    /// <summary>Creates a randomly initialized model, for training or for measuring speed.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="seed">The random seed.</param>
    public static BertModel CreateRandom(BertConfig config, int seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        var written = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(written))
        {
            config.Write(json);
        }

        return Create(
            ConfigurationFile.Of("the new config.json", JsonElement.Parse(written.WrittenSpan)),
            new ModelParameters(new RandomWeights(seed)));
    }

    // The fields of BERT's configuration, with which those of its variants begin.
    internal static JsonObject NewBert(ModelSizes sizes, string className, int types) => NewConfiguration.Common(
        sizes, className, ("hidden_size", sizes.HiddenSize), ("num_hidden_layers", sizes.NumHiddenLayers),
        ("num_attention_heads", sizes.NumAttentionHeads),
        ("intermediate_size", sizes.FeedForwardSize), ("hidden_act", "gelu"), ("max_position_embeddings", sizes.MaxPositionEmbeddings),
        ("type_vocab_size", types), ("layer_norm_eps", 1e-12),
        ("hidden_dropout_prob", NewConfiguration.Number(sizes.Dropout)),
        ("attention_probs_dropout_prob", NewConfiguration.Number(sizes.Dropout)));

    private static BertModel Create(ConfigurationFile configuration, ModelParameters own, bool decoder = false)
    {
        configuration.Check(BertConfig.KeysOf(decoder).With(CommonKeys.All));
        return new BertModel(configuration, own, BertConfig.Read(configuration, new BertConfig(), decoder), decoder);
    }
}
