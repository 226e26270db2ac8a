namespace Semblance.Transformers.Tasks;

/// <summary>Specifies the task of a model's head.</summary>
public enum TaskKind
{
    /// <summary>No task: the body alone.</summary>
    None,

    /// <summary>Prediction of masked tokens.</summary>
    MaskedLanguageModel,

    /// <summary>Prediction of the next token.</summary>
    CausalLanguageModel,

    /// <summary>Generation of another text by a decoder that attends to an encoder.</summary>
    ConditionalGeneration,

    /// <summary>Classification of each sequence.</summary>
    SequenceClassification,

    /// <summary>Classification of each token.</summary>
    TokenClassification,

    /// <summary>Prediction of the start and the end of an answer.</summary>
    QuestionAnswering,

    /// <summary>Detection of replaced tokens.</summary>
    ReplacedTokenDetection,
}
