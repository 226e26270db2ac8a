namespace Semblance;

/// <summary>What a model folder is for.</summary>
public enum ModelKind
{
    /// <summary>One dense vector of a text: <see cref="Semblance.SentenceTransformer"/>.</summary>
    SentenceTransformer,

    /// <summary>Scores of pairs of texts: <see cref="Semblance.CrossEncoder"/>.</summary>
    CrossEncoder,

    /// <summary>One sparse vector of a text: <see cref="Semblance.SparseEncoder"/>.</summary>
    SparseEncoder,

    /// <summary>A vector of each token: <see cref="Semblance.MultiVectorEncoder"/>.</summary>
    MultiVectorEncoder,
}
