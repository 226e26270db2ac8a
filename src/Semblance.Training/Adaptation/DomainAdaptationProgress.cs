namespace Semblance.Training;

/// <summary>Represents the progress of <see cref="DomainAdaptation"/>.</summary>
/// <param name="Stage">The current work, such as <c>mining negatives</c> or <c>training gpl</c>.</param>
/// <param name="Completed">The completed fraction of this work, from 0 to 1.</param>
/// <param name="Step">The result of the last training step; <see langword="null"/> outside training.</param>
/// <param name="Steps">The number of training steps; 0 outside training.</param>
public sealed record DomainAdaptationProgress(string Stage, double Completed, TrainingStep? Step = null, long Steps = 0);
