namespace Semblance.Training;

/// <summary>How far a student's vector is from its teacher's in <see cref="EmbedDistillLoss"/>.</summary>
public enum EmbeddingDistance
{
    /// <summary>One less the cosine of the angle.</summary>
    Cosine,

    /// <summary>The root of the sum of squared differences, as in the paper.</summary>
    Euclidean,

    /// <summary>The mean of squared differences over the elements.</summary>
    MeanSquaredError,
}
