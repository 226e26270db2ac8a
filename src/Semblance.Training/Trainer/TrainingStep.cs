namespace Semblance.Training;

/// <summary>Represents the result of one training step.</summary>
/// <param name="Step">The index of the step, from 0.</param>
/// <param name="Dataset">The data set of its last batch.</param>
/// <param name="Loss">The mean loss of its batches.</param>
/// <param name="GradientNorm">The norm of the gradient before clipping.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Evaluation">The result of the evaluation after the step; <see langword="null"/> if there was none.</param>
public sealed record TrainingStep(
    long Step, string Dataset, double Loss, double GradientNorm, double LearningRate, EvaluationResult? Evaluation)
{
    /// <summary>Gets the number of rows of its batches.</summary>
    public int Rows { get; init; }

    /// <summary>
    /// Gets the share of the labels that the model predicted before the step, from 0 to 1; <see langword="null"/> if the loss has no labels
    /// to predict.
    /// </summary>
    public double? Accuracy { get; init; }

    /// <summary>Gets the warning about the step; <see langword="null"/> for none.</summary>
    public TrainingWarning? Warning { get; init; }
}
