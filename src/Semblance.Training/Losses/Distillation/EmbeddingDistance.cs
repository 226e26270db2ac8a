namespace Semblance.Training;

/// <summary>Specifies the distance between a student's embedding and its teacher's in <see cref="EmbedDistillLoss"/>.</summary>
public enum EmbeddingDistance
{
    /// <summary>1 minus the cosine similarity.</summary>
    Cosine,

    /// <summary>The Euclidean distance, as in the paper.</summary>
    Euclidean,

    /// <summary>The mean squared difference of the elements.</summary>
    MeanSquaredError,
}
