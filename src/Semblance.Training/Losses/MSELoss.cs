namespace Semblance.Training;

/// <summary>
/// The mean squared difference of sentence vectors and a teacher's: how a model learns another's vectors, also for other languages (Reimers
/// and Gurevych 2020, arXiv:2004.09813). <see cref="EmbedDistillLoss"/> by <see cref="EmbeddingDistance.MeanSquaredError"/>: one or more text
/// columns; the labels are the teacher's vectors, for every column the same or for each its own.
/// </summary>
public sealed class MSELoss : EmbedDistillLoss
{
    /// <summary>Makes the loss for a teacher whose vectors have as many elements as the model's.</summary>
    public MSELoss()
        : base(EmbeddingDistance.MeanSquaredError)
    {
    }

    /// <summary>Makes the loss with a new projection from the model's dimension to the teacher's.</summary>
    /// <param name="dimension">The elements of the model's vectors.</param>
    /// <param name="teacherDimension">The elements of the teacher's vectors.</param>
    /// <param name="seed">The random seed.</param>
    public MSELoss(int dimension, int teacherDimension, int seed = 0)
        : base(dimension, teacherDimension, EmbeddingDistance.MeanSquaredError, seed)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.ReimersMultilingual];
}
