using Semblance.Checkpoints;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Roberta;

/// <summary>
/// RoBERTa (Liu et al. 2019, arXiv:1907.11692), XLM-RoBERTa (Conneau et al. 2020, arXiv:1911.02116) and CamemBERT (Martin et al. 2020,
/// arXiv:1911.03894): BERT with positions counted from the padding id. Parameter names are those of transformers' <c>RobertaModel</c>.
/// </summary>
public sealed class RobertaModel : BertEncoder
{
    private readonly string _class;

    private RobertaModel(string modelType, string className, BertConfig config, int paddingId, Weights weights, ConfigurationFile source)
        : base(
            modelType,
            config,
            weights,
            source,
            new BertEmbeddings(config, weights, config.HiddenSize, paddingId),
            Layers(config, weights, "encoder.layer", BertLayerNames.Bert)) => _class = className;

    internal override string WeightPrefix => "roberta.";

    internal override TaskNames TaskNames => TaskNames.Roberta(_class, Config.LayerNormEps);

    /// <summary>Loads the body from a configuration and its weights.</summary>
    /// <param name="config">The configuration; its <c>model_type</c> is <c>roberta</c>, <c>xlm-roberta</c> or <c>camembert</c>.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public static RobertaModel Load(ConfigurationFile config, Checkpoint checkpoint, bool trainable = false) =>
        Create(config, new CheckpointWeights(checkpoint, "roberta.", trainable), trainable);

    internal static RobertaModel Create(ConfigurationFile config, Weights weights, bool trainable)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check(BertConfig.Keys.Honoured("pad_token_id").With(CommonKeys.All));
        var modelType = config.Text("model_type") ?? "roberta";
        var className = modelType switch
        {
            "xlm-roberta" => "XLMRoberta",
            "camembert" => "Camembert",
            _ => "Roberta",
        };
        var settings = BertConfig.Read(config, new BertConfig());
        var paddingId = config.WholeNumber("pad_token_id", 0, settings.MaxPositionEmbeddings - 2, 1);
        return Loaded(new RobertaModel(modelType, className, settings, paddingId, weights, config), weights, trainable);
    }
}
