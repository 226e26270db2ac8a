namespace Semblance.Training;

/// <summary>The exception that is thrown when training cannot continue, for example because the loss is not finite.</summary>
/// <param name="step">The index of the step, from 0.</param>
/// <param name="problem">A description of the problem and its remedy.</param>
public sealed class TrainingException(long step, string problem) : InvalidOperationException($"Step {step}: {problem}")
{
    /// <summary>Gets the index of the step, from 0.</summary>
    public long Step { get; } = step;
}
