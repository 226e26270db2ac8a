using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.DistilBert;

/// <summary>
/// Represents DistilBERT (Sanh et al. 2019, arXiv:1910.01108): BERT without token types and pooler. Names of settings and parameters are
/// those of transformers' <c>DistilBertModel</c>.
/// </summary>
public sealed class DistilBertModel : BertEncoder
{
    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(
            "activation", "attention_dropout", "dim", "dropout", "hidden_dim", "max_position_embeddings", "n_heads", "n_layers",
            "vocab_size")
        .Alias("hidden_size", "dim").Alias("num_attention_heads", "n_heads").Alias("num_hidden_layers", "n_layers")
        .Ignored("qa_dropout", "seq_classif_dropout", "sinusoidal_pos_embds", "tie_weights_") // positions are read from the file
        .With(CommonKeys.All);

    private DistilBertModel(ConfigurationFile configuration, ModelParameters own, BertConfig config)
        : base(
            configuration,
            own,
            config,
            new BertEmbeddings(config, own, config.HiddenSize, types: false),
            Stack(config, i => Layer(config, own, $"transformer.layer.{i}")),
            pooler: null)
    {
    }

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("distilbert", "distilbert.", Create)
    {
        Classes =
        [
            new("DistilBertModel"),
            BertHeads.MaskedLanguageModel(
                "DistilBertForMaskedLM", "vocab_transform", "vocab_layer_norm", "vocab_projector.bias", "vocab_projector.weight"),
            .. BertHeads.Dense("DistilBert", "pre_classifier", _ => Activation.Relu),
        ],
        NewConfiguration = sizes => NewConfiguration.Common(
            sizes, "DistilBertModel", ("dim", sizes.HiddenSize), ("n_layers", sizes.NumHiddenLayers), ("n_heads", sizes.NumAttentionHeads),
            ("hidden_dim", sizes.FeedForwardSize),
            ("activation", "gelu"), ("max_position_embeddings", sizes.MaxPositionEmbeddings),
            ("dropout", NewConfiguration.Number(sizes.Dropout)),
            ("attention_dropout", NewConfiguration.Number(sizes.Dropout)), ("sinusoidal_pos_embds", false)),
    };

    private static DistilBertModel Create(ConfigurationFile configuration, ModelParameters own)
    {
        configuration.Check(Keys);
        var config = new BertConfig
        {
            VocabSize = configuration.WholeNumber("vocab_size", 1, BertConfig.LargestTable),
            HiddenSize = configuration.WholeNumber("dim", 1, BertConfig.LargestWidth),
            NumHiddenLayers = configuration.WholeNumber("n_layers", 0, BertConfig.MostLayers),
            NumAttentionHeads = configuration.WholeNumber("n_heads", 1, BertConfig.LargestWidth),
            IntermediateSize = configuration.WholeNumber("hidden_dim", 1, BertConfig.LargestWidth),
            HiddenAct = configuration.ReadActivation("activation", Activation.Gelu),
            MaxPositionEmbeddings = configuration.WholeNumber("max_position_embeddings", 1, BertConfig.LargestTable, 512),
            TypeVocabSize = 0,
            HiddenDropoutProb = BertConfig.Probability(configuration, "dropout", 0.1f),
            AttentionProbsDropoutProb = BertConfig.Probability(configuration, "attention_dropout", 0.1f),
        }.Checked(configuration, "n_heads", "dim");
        return new DistilBertModel(configuration, own, config);
    }

    private static BertLayer Layer(BertConfig config, ModelParameters own, string name) => new(
        new BertAttention(
            config,
            own,
            new BertSelfAttention(config, own, name + ".attention.q_lin", name + ".attention.k_lin", name + ".attention.v_lin"),
            name + ".attention.out_lin",
            name + ".sa_layer_norm",
            dropout: false),
        null,
        new BertFeedForward(config, own, name + ".ffn.lin1", name + ".ffn.lin2", name + ".output_layer_norm"));
}
