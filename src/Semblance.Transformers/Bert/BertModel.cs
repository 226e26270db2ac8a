using Semblance.Checkpoints;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Bert;

/// <summary>
/// BERT (Devlin et al. 2019, arXiv:1810.04805): bidirectional encoder with learned absolute positions and layer norm
/// after each block. Parameter names are those of transformers' <c>BertModel</c>.
/// </summary>
public sealed class BertModel : BertEncoder
{
    private BertModel(BertConfig config, Weights weights, ConfigurationFile? source)
        : base(
            "bert",
            config,
            weights,
            source,
            new BertEmbeddings(config, weights, config.HiddenSize),
            Layers(config, weights, "encoder.layer", BertLayerNames.Bert))
    {
    }

    internal override TaskNames TaskNames => TaskNames.Bert("Bert", Config.HiddenAct, Config.LayerNormEps) with { PreTraining = true };

    /// <summary>Loads the body from a configuration and its weights.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static BertModel Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        Create(config, new CheckpointWeights(checkpoint, "bert.", trainable), trainable);

    internal static BertModel Create(ConfigurationFile config, Weights weights, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check(BertConfig.Keys.With(CommonKeys.All));
        return Loaded(new BertModel(BertConfig.Read(config), weights, config), weights, trainable);
    }

    /// <summary>A model that has learned nothing, to be trained or to measure speed with.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="seed">The same seed gives the same model.</param>
    public static BertModel CreateRandom(BertConfig config, int seed)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new BertModel(config, new RandomWeights(seed), null);
    }
}
