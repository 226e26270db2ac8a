namespace Semblance.Training;

/// <summary>Represents the result of a model, and optionally of a baseline, on a task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Metrics">All metrics, with the names of <see cref="EvaluationTask.Headline"/>, from 0 to 1.</param>
/// <param name="Baseline">All metrics of the baseline, or <see langword="null"/>.</param>
public sealed record EvaluationTaskResult(
    EvaluationTask Task, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, double>? Baseline);
