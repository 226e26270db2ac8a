using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Electra;

/// <summary>
/// Represents ELECTRA (Clark et al. 2020, arXiv:2003.10555): BERT with embeddings that may be narrower than its layers, without a pooler.
/// Parameter names are those of transformers' <c>ElectraModel</c>.
/// </summary>
public sealed class ElectraModel : BertEncoder
{
    private ElectraModel(ConfigurationFile configuration, ModelParameters own, BertConfig config, int width, bool decoder)
        : base(
            configuration,
            own,
            config,
            new BertEmbeddings(config, own, width, projection: width == config.HiddenSize ? null : "embeddings_project"),
            BertLayers(config, own, decoder),
            pooler: null,
            decoder)
    {
    }

    internal override bool AcceptsPrefix => !IsCausal;

    /// <summary>Gets the descriptor of the architecture.</summary>
    public static Architecture Descriptor { get; } = new("electra", "electra.", (configuration, own) => Create(configuration, own))
    {
        Classes =
        [
            new("ElectraModel"),
            BertHeads.MaskedLanguageModel(
                "ElectraForMaskedLM", "generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head.bias",
                "generator_lm_head.weight",
                _ => Activation.Gelu), // whatever activation the layers use
            .. BertHeads.Dense("Electra", "classifier.dense", _ => Activation.Gelu, "classifier.out_proj"),
            new("ElectraForPreTraining", TaskKind.ReplacedTokenDetection, (body, _, own) => new ReplacedTokenDetectionHead(
                own.Linear("discriminator_predictions.dense", body.HiddenSize, body.HiddenSize),
                ((ElectraModel)body).Config.HiddenAct,
                own.Linear("discriminator_predictions.dense_prediction", 1, body.HiddenSize))),
        ],
        NewConfiguration = sizes =>
            BertModel.NewBert(sizes, "ElectraModel", types: 2).With(("embedding_size", Math.Min(128, sizes.HiddenSize))),
        CreateDecoder = BertHeads.Decoder((configuration, own) => Create(configuration, own, decoder: true)),
    };

    private static ElectraModel Create(ConfigurationFile configuration, ModelParameters own, bool decoder = false)
    {
        configuration.Check(BertConfig.KeysOf(decoder)
            .Supported("embedding_size")
            // of multiple choice
            .Ignored("summary_activation", "summary_first_dropout", "summary_last_dropout", "summary_type", "summary_use_proj")
            .With(CommonKeys.All));
        var config = BertConfig.Read(configuration, new BertConfig(), decoder);
        return new ElectraModel(
            configuration, own, config, configuration.WholeNumber("embedding_size", 1, BertConfig.LargestWidth, 128), decoder);
    }
}
