namespace Semblance.Training;

/// <summary>What a model, and perhaps a baseline, reached at a task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Metrics">Every metric, as <see cref="EvaluationTask.Headline"/> names them; parts of 1.</param>
/// <param name="Baseline">The same of the baseline; null without one.</param>
public sealed record EvaluationTaskResult(EvaluationTask Task, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, double>? Baseline);
