using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Bert;

/// <summary>Provides the heads of BERT and its variants, under the names of each original.</summary>
internal static class BertHeads
{
    /// <summary>Creates the class of a masked language model with the layers of <c>BertForMaskedLM</c>.</summary>
    public static ArchitectureClass MaskedLanguageModel(string name, Func<BertConfig, Activation>? activation = null) =>
        MaskedLanguageModel(
            name, "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias",
            "cls.predictions.decoder.weight", activation);

    /// <summary>
    /// Creates the class of a masked language model with the layers of <c>RobertaForMaskedLM</c>, whose activation does not depend on the
    /// configuration.
    /// </summary>
    public static ArchitectureClass RobertaMaskedLanguageModel(string name) =>
        MaskedLanguageModel(name, "lm_head.dense", "lm_head.layer_norm", "lm_head.bias", "lm_head.decoder.weight", _ => Activation.Gelu);

    /// <summary>Creates the class of a masked language model.</summary>
    /// <param name="name">The name of the original's class.</param>
    /// <param name="dense">The name of the dense layer.</param>
    /// <param name="norm">The name of the norm after it.</param>
    /// <param name="bias">The name of the bias of the last layer.</param>
    /// <param name="words">The name of the weight of the last layer, if it is not the body's table of word embeddings.</param>
    /// <param name="activation">The activation of the dense layer; <see langword="null"/> for that of the body's layers.</param>
    public static ArchitectureClass MaskedLanguageModel(
        string name, string dense, string norm, string bias, string words, Func<BertConfig, Activation>? activation = null) =>
        new(name, TaskKind.MaskedLanguageModel, (body, _, own) =>
        {
            var encoder = (BertEncoder)body;
            var (config, width) = (encoder.Config, encoder.WordWidth);
            var layer = own.Linear(dense, width, config.HiddenSize);
            var after = own.LayerNorm(norm, width, config.LayerNormEps);
            var table = own.Contains(words) ? own.Tensor(words, config.VocabSize, width) : body.WordEmbeddings.Weight;
            return new MaskedLanguageModelHead(
                own, table, own.Tensor(bias, config.VocabSize), layer, activation?.Invoke(config) ?? config.HiddenAct, after);
        });

    /// <summary>
    /// Returns the function that creates a decoder with the head of the architecture's masked language model, as the original's
    /// <c>…ForCausalLM</c>.
    /// </summary>
    /// <param name="create">Creates the body with causal attention and cross-attention.</param>
    public static Func<ConfigurationFile, ModelParameters, Decoder> Decoder(
        Func<ConfigurationFile, ModelParameters, BertEncoder> create) => (configuration, own) =>
    {
        var body = create(ConfigurationFile.Of(configuration.Path, configuration.Root), own.Group());
        var head = own.Group();
        return new Decoder(
            body, (VocabularyHead)body.Architecture.ClassFor(TaskKind.MaskedLanguageModel)!.CreateHead!(body, configuration, head), head);
    };

    /// <summary>Creates BERT's classes for sequences, tokens and answers, with the body's pooler.</summary>
    public static ArchitectureClass[] Pooled(string name) =>
    [
        new(
            name + "ForSequenceClassification", TaskKind.SequenceClassification,
            (body, config, own) => new SequenceClassificationHead(body, Classifier(body, config, own)))
        {
            NeedsPooler = true,
        },
        .. TokensAndAnswers(name),
    ];

    /// <summary>Creates the same classes with a dense layer of the head over the first token.</summary>
    public static ArchitectureClass[] Dense(
        string name, string dense, Func<ConfigurationFile, Activation> activation, string classifier = "classifier") =>
    [
        new(name + "ForSequenceClassification", TaskKind.SequenceClassification, (body, config, own) =>
        {
            var layer = own.Linear(dense, body.HiddenSize, body.HiddenSize);
            return new SequenceClassificationHead(body, Classifier(body, config, own, classifier), layer, activation(config));
        }),
        .. TokensAndAnswers(name),
    ];

    private static ArchitectureClass[] TokensAndAnswers(string name) =>
    [
        new(
            name + "ForTokenClassification", TaskKind.TokenClassification,
            (body, config, own) => new TokenClassificationHead(Classifier(body, config, own))),
        new(
            name + "ForQuestionAnswering", TaskKind.QuestionAnswering,
            (body, _, own) => new QuestionAnsweringHead(own.Linear("qa_outputs", 2, body.HiddenSize))),
    ];

    private static Linear Classifier(Transformer body, ConfigurationFile config, ModelParameters own, string name = "classifier") =>
        own.Linear(name, TaskModel.LabelCount(config), body.HiddenSize);
}
