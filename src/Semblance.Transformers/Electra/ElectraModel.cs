using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Electra;

/// <summary>
/// ELECTRA (Clark et al. 2020, arXiv:2003.10555): BERT whose tables may be narrower than its layers, without pooler. Parameter names are
/// those of transformers' <c>ElectraModel</c>.
/// </summary>
public sealed class ElectraModel : BertEncoder
{
    private ElectraModel(BertConfig config, int width, Weights weights, ConfigurationFile source)
        : base(
            "electra",
            config,
            weights,
            source,
            new BertEmbeddings(config, weights, width, projection: width == config.HiddenSize ? null : "embeddings_project"),
            Layers(config, weights, "encoder.layer", BertLayerNames.Bert))
    {
    }

    internal override TaskNames TaskNames => new("Electra")
    {
        MaskedDense = "generator_predictions.dense",
        MaskedActivation = Activation.Gelu, // whatever the layers use
        MaskedNorm = "generator_predictions.LayerNorm",
        MaskedBias = "generator_lm_head.bias",
        MaskedWords = "generator_lm_head.weight",
        MaskedEpsilon = Config.LayerNormEps,
        ClassificationDense = "classifier.dense",
        ClassificationActivation = Activation.Gelu,
        Classifier = "classifier.out_proj",
        DetectsReplacedTokens = true,
    };

    /// <summary>Loads the body from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static ElectraModel Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        Create(config, new CheckpointWeights(checkpoint, "electra.", trainable), trainable);

    internal static ElectraModel Create(ConfigurationFile config, Weights weights, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check(BertConfig.Keys
            .Honoured("embedding_size")
            .Ignored("summary_activation", "summary_first_dropout", "summary_last_dropout", "summary_type", "summary_use_proj") // of multiple choice
            .With(CommonKeys.All));
        var settings = BertConfig.Read(config, new BertConfig());
        var width = config.WholeNumber("embedding_size", 1, BertConfig.LargestWidth, 128);
        return Loaded(new ElectraModel(settings, width, weights, config), weights, trainable);
    }
}
