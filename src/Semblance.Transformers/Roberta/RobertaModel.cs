using System.Text.Json.Nodes;
using Semblance.Tensors;
using Semblance.Transformers.Bert;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Roberta;

/// <summary>
/// Represents RoBERTa (Liu et al. 2019, arXiv:1907.11692), XLM-RoBERTa (Conneau et al. 2020, arXiv:1911.02116) and CamemBERT (Martin et al.
/// 2020, arXiv:1911.03894): BERT with positions counted from the padding id. Parameter names are those of transformers'
/// <c>RobertaModel</c>.
/// </summary>
public sealed class RobertaModel : BertEncoder
{
    private RobertaModel(ConfigurationFile configuration, ModelParameters own, BertConfig config, int paddingId, bool decoder)
        : base(
            configuration,
            own,
            config,
            new BertEmbeddings(config, own, config.HiddenSize, paddingId),
            BertLayers(config, own, decoder),
            Pooler(own, config),
            decoder)
    {
    }

    internal override bool AcceptsPrefix => !IsCausal;

    /// <summary>Gets the descriptor of RoBERTa.</summary>
    public static Architecture Descriptor { get; } = Describe("roberta", "Roberta") with { Tokenizer = TokenizerLayout.Roberta };

    /// <summary>Gets the descriptor of XLM-RoBERTa.</summary>
    public static Architecture XlmRoberta { get; } = Describe("xlm-roberta", "XLMRoberta") with
    {
        Tokenizer = TokenizerLayout.Roberta with { Kind = TokenizerKind.Unigram },
    };

    /// <summary>Gets the descriptor of CamemBERT.</summary>
    public static Architecture Camembert { get; } = Describe("camembert", "Camembert") with
    {
        Tokenizer = TokenizerLayout.Roberta with { Kind = TokenizerKind.Unigram },
    };

    private static Architecture Describe(string modelType, string name) =>
        new(modelType, "roberta.", (configuration, own) => Create(configuration, own))
        {
            Classes =
            [
                new(name + "Model"), BertHeads.RobertaMaskedLanguageModel(name + "ForMaskedLM"),
                .. BertHeads.Dense(name, "classifier.dense", _ => Activation.Tanh, "classifier.out_proj"),
            ],
            HasPooler = true,
            NewConfiguration = sizes => NewRoberta(sizes, name + "Model"),
            CreateDecoder = BertHeads.Decoder((configuration, own) => Create(configuration, own, decoder: true)),
        };

    // Positions begin after the padding id.
    private static JsonObject NewRoberta(ModelSizes sizes, string className) => BertModel.NewBert(sizes, className, types: 1)
        .With(("layer_norm_eps", 1e-5), ("max_position_embeddings", sizes.MaxPositionEmbeddings + sizes.PadTokenId + 1));

    private static RobertaModel Create(ConfigurationFile configuration, ModelParameters own, bool decoder = false)
    {
        configuration.Check(BertConfig.KeysOf(decoder).Supported("pad_token_id").With(CommonKeys.All));
        var config = BertConfig.Read(configuration, new BertConfig(), decoder);
        return new RobertaModel(
            configuration, own, config, configuration.WholeNumber("pad_token_id", 0, config.MaxPositionEmbeddings - 2, 1), decoder);
    }
}
