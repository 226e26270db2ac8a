using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.DistilBert;

/// <summary>
/// DistilBERT (Sanh et al. 2019, arXiv:1910.01108): BERT without token types and pooler. Names of settings and parameters are those of
/// transformers' <c>DistilBertModel</c>.
/// </summary>
public sealed class DistilBertModel : BertEncoder
{
    private static readonly BertLayerNames Names = new()
    {
        Query = "attention.q_lin",
        Key = "attention.k_lin",
        Value = "attention.v_lin",
        AttentionOutput = "attention.out_lin",
        AttentionNorm = "sa_layer_norm",
        Intermediate = "ffn.lin1",
        Output = "ffn.lin2",
        OutputNorm = "output_layer_norm",
        AttentionDropout = false,
    };

    private static readonly KnownKeys Keys = new KnownKeys()
        .Honoured("activation", "attention_dropout", "dim", "dropout", "hidden_dim", "max_position_embeddings", "n_heads", "n_layers", "vocab_size")
        .Alias("hidden_size", "dim").Alias("num_attention_heads", "n_heads").Alias("num_hidden_layers", "n_layers")
        .Ignored("qa_dropout", "seq_classif_dropout", "sinusoidal_pos_embds", "tie_weights_") // positions are read from the file, however they were made
        .With(CommonKeys.All);

    private DistilBertModel(BertConfig config, Weights weights, ConfigurationFile source)
        : base(
            "distilbert",
            config,
            weights,
            source,
            new BertEmbeddings(config, weights, config.HiddenSize, types: false),
            Layers(config, weights, "transformer.layer", Names))
    {
    }

    internal override TaskNames TaskNames => new("DistilBert")
    {
        MaskedDense = "vocab_transform",
        MaskedActivation = Config.HiddenAct,
        MaskedNorm = "vocab_layer_norm",
        MaskedBias = "vocab_projector.bias",
        MaskedWords = "vocab_projector.weight",
        MaskedEpsilon = Config.LayerNormEps,
        ClassificationDense = "pre_classifier",
        ClassificationActivation = Tensors.Activation.Relu,
    };

    /// <summary>Loads the body from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static DistilBertModel Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        Create(config, new CheckpointWeights(checkpoint, "distilbert.", trainable), trainable);

    internal static DistilBertModel Create(ConfigurationFile config, Weights weights, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check(Keys);
        var settings = new BertConfig
        {
            VocabSize = config.WholeNumber("vocab_size", 1, BertConfig.LargestTable),
            HiddenSize = config.WholeNumber("dim", 1, BertConfig.LargestWidth),
            NumHiddenLayers = config.WholeNumber("n_layers", 0, BertConfig.MostLayers),
            NumAttentionHeads = config.WholeNumber("n_heads", 1, BertConfig.LargestWidth),
            IntermediateSize = config.WholeNumber("hidden_dim", 1, BertConfig.LargestWidth),
            HiddenAct = config.ReadActivation("activation", Activation.Gelu),
            MaxPositionEmbeddings = config.WholeNumber("max_position_embeddings", 1, BertConfig.LargestTable, 512),
            TypeVocabSize = 0,
            HiddenDropoutProb = BertConfig.Probability(config, "dropout", 0.1f),
            AttentionProbsDropoutProb = BertConfig.Probability(config, "attention_dropout", 0.1f),
        }.Checked(config, "n_heads", "dim");
        return Loaded(new DistilBertModel(settings, weights, config), weights, trainable);
    }
}
