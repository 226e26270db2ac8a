namespace Semblance;

/// <summary>Specifies the kind of output that a trainable model computes from its texts.</summary>
public enum ModelOutputKind
{
    /// <summary>One vector for each text, dense or sparse.</summary>
    SentenceEmbeddings,

    /// <summary>One vector for each token of a text, compared by late interaction.</summary>
    TokenEmbeddings,

    /// <summary>The logits of each pair of texts, one for each label.</summary>
    Logits,

    /// <summary>The logits of each text or pair of texts that is classified, one for each label.</summary>
    TextLogits,

    /// <summary>The logits of each token of a text, one for each label.</summary>
    TokenLogits,

    /// <summary>The logits of each token of a question and its context: as the first and as the last of the answer.</summary>
    SpanLogits,

    /// <summary>The logits of each token of a target text, one for each token of the vocabulary.</summary>
    SequenceLogits,
}
