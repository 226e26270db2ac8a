namespace Semblance.Training;

/// <summary>What one step was like.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="Dataset">The data set of its last batch.</param>
/// <param name="Loss">The mean loss of its batches.</param>
/// <param name="GradientNorm">The length of the gradient before it was scaled down.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Evaluation">What an evaluation after the step gave, if there was one.</param>
public sealed record TrainingStep(long Step, string Dataset, double Loss, double GradientNorm, double LearningRate, EvaluationResult? Evaluation)
{
    /// <summary>How many rows its batches had.</summary>
    public int Rows { get; init; }

    /// <summary>What goes wrong, where something does.</summary>
    public TrainingWarning? Warning { get; init; }
}
