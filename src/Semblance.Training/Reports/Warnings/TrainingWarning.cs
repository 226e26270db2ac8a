namespace Semblance.Training;

/// <summary>Represents a problem of a training.</summary>
/// <param name="Step">The step at which the problem was detected, from 0.</param>
/// <param name="Kind">The kind of the problem.</param>
/// <param name="Message">One sentence with the step, the problem and its probable cause.</param>
public sealed record TrainingWarning(long Step, TrainingWarningKind Kind, string Message);
