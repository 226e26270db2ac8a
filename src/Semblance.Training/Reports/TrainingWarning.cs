namespace Semblance.Training;

/// <summary>Something that goes wrong in a training.</summary>
/// <param name="Step">The step that showed it, from 0.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Message">One sentence: the step, what was seen, and the likely cause.</param>
public sealed record TrainingWarning(long Step, TrainingWarningKind Kind, string Message);
