using Semblance.Tensors;

namespace Semblance.Transformers.Tasks;

/// <summary>What an architecture calls its classes and the layers of its heads, and which functions these use.</summary>
/// <param name="Class">The word before <c>Model</c>, <c>ForMaskedLM</c>, … under <c>architectures</c>.</param>
internal sealed record TaskNames(string Class)
{
    /// <summary>The dense layer of the masked-language-model head.</summary>
    public required string MaskedDense { get; init; }

    public required Activation MaskedActivation { get; init; }

    public required string MaskedNorm { get; init; }

    public required string MaskedBias { get; init; }

    /// <summary>The last layer's weight, where it is not the body's word table.</summary>
    public required string MaskedWords { get; init; }

    /// <summary>The ε of the masked-language-model head's norm.</summary>
    public required float MaskedEpsilon { get; init; }

    /// <summary>The layer between the first token and the classifier of sequences; null where that is the body's pooler.</summary>
    public string? ClassificationDense { get; init; }

    public Activation ClassificationActivation { get; init; } = Activation.Tanh;

    /// <summary>The last layer of the classifier of sequences. That of tokens is <c>classifier</c> everywhere.</summary>
    public string Classifier { get; init; } = "classifier";

    /// <summary>Whether the class <c>…ForPreTraining</c> has the masked-language-model head, beside one that is left alone.</summary>
    public bool PreTraining { get; init; }

    /// <summary>Whether the class <c>…ForPreTraining</c> tells tokens that were put in the place of others, as ELECTRA's does.</summary>
    public bool DetectsReplacedTokens { get; init; }

    /// <summary>BERT's heads.</summary>
    public static TaskNames Bert(string className, Activation activation, float epsilon) => new(className)
    {
        MaskedDense = "cls.predictions.transform.dense",
        MaskedActivation = activation,
        MaskedNorm = "cls.predictions.transform.LayerNorm",
        MaskedBias = "cls.predictions.bias",
        MaskedWords = "cls.predictions.decoder.weight",
        MaskedEpsilon = epsilon,
    };

    /// <summary>RoBERTa's heads, whose activation is the same whatever the layers use.</summary>
    public static TaskNames Roberta(string className, float epsilon) => new(className)
    {
        MaskedDense = "lm_head.dense",
        MaskedActivation = Activation.Gelu,
        MaskedNorm = "lm_head.layer_norm",
        MaskedBias = "lm_head.bias",
        MaskedWords = "lm_head.decoder.weight",
        MaskedEpsilon = epsilon,
        ClassificationDense = "classifier.dense",
        Classifier = "classifier.out_proj",
    };
}
