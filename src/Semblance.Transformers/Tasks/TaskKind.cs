namespace Semblance.Transformers.Tasks;

/// <summary>What the head of a model predicts.</summary>
public enum TaskKind
{
    /// <summary>Nothing: the body alone.</summary>
    None,

    /// <summary>The words at masked tokens.</summary>
    MaskedLanguageModel,

    /// <summary>The next token.</summary>
    CausalLanguageModel,

    /// <summary>The tokens of another text, by a decoder that attends to an encoder.</summary>
    ConditionalGeneration,

    /// <summary>A class of each sequence.</summary>
    SequenceClassification,

    /// <summary>A class of each token.</summary>
    TokenClassification,

    /// <summary>Start and end of an answer.</summary>
    QuestionAnswering,

    /// <summary>Which tokens were put in the place of others.</summary>
    ReplacedTokenDetection,
}
