namespace Semblance;

/// <summary>Specifies the kind of model that a folder holds.</summary>
public enum ModelKind
{
    /// <summary>A model that computes one dense vector for a text: <see cref="Semblance.SentenceTransformer"/>.</summary>
    SentenceTransformer,

    /// <summary>A model that scores pairs of texts: <see cref="Semblance.CrossEncoder"/>.</summary>
    CrossEncoder,

    /// <summary>A model that computes one sparse vector for a text: <see cref="Semblance.SparseEncoder"/>.</summary>
    SparseEncoder,

    /// <summary>A model that computes a vector for each token of a text: <see cref="Semblance.MultiVectorEncoder"/>.</summary>
    MultiVectorEncoder,

    /// <summary>A model that labels the tokens of a text: <see cref="Semblance.TokenClassifier"/>.</summary>
    TokenClassifier,

    /// <summary>A model that finds the answer to a question in a text: <see cref="Semblance.QuestionAnswerer"/>.</summary>
    QuestionAnswerer,

    /// <summary>A model that generates a text from a text: <see cref="Semblance.SequenceToSequenceModel"/>.</summary>
    SequenceToSequenceModel,
}
