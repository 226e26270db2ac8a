namespace Semblance.Training;

/// <summary>Training went wrong in a way that going on cannot mend.</summary>
/// <param name="step">The step, from 0.</param>
/// <param name="problem">What happened and what to do.</param>
public sealed class TrainingException(long step, string problem) : InvalidOperationException($"Step {step}: {problem}")
{
    /// <summary>The step, from 0.</summary>
    public long Step { get; } = step;
}
