namespace Semblance.Training;

/// <summary>Represents the result of an evaluation at one stage of a training.</summary>
/// <param name="Stage">The stage, such as <c>before training</c> or <c>trained</c>.</param>
/// <param name="Result">The result of the evaluation.</param>
public sealed record StageResult(string Stage, EvaluationResult Result);
