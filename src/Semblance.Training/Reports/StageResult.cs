namespace Semblance.Training;

/// <summary>What was measured at one stage of a training.</summary>
/// <param name="Stage">The stage, such as <c>before training</c> or <c>trained</c>.</param>
/// <param name="Result">What was measured.</param>
public sealed record StageResult(string Stage, EvaluationResult Result);
