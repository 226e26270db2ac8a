namespace Semblance.Training;

/// <summary>
/// Specifies the distance between a student's similarities of the texts of a batch and its teacher's in
/// <see cref="SimilarityDistillLoss"/>.
/// </summary>
public enum SimilarityDistance
{
    /// <summary>
    /// The Kullback–Leibler divergence of the teacher's probabilities from the student's: of each text, the softmax of its similarities
    /// over the temperature.
    /// </summary>
    KullbackLeibler,

    /// <summary>The mean squared difference of the similarities.</summary>
    MeanSquaredError,
}
