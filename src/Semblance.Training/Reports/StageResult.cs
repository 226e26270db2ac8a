namespace Semblance.Training;

/// <summary>Represents the result of an evaluation at one stage of a training.</summary>
/// <param name="Stage">The stage, such as <c>before training</c> or <c>trained</c>.</param>
/// <param name="Result">The result of the evaluation.</param>
public sealed record StageResult(string Stage, EvaluationResult Result)
{
    /// <summary>
    /// Gets the number of training steps before the evaluation; <see langword="null"/>, the default, if it is not known. The curves of
    /// evaluations in <see cref="TrainingReport"/> begin with that of step 0.
    /// </summary>
    public long? Step { get; init; }
}
