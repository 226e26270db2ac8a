namespace Semblance.Training;

/// <summary>Represents the progress of a training, apart from its parameters and its optimizer.</summary>
/// <param name="Steps">The number of steps that have been taken.</param>
/// <param name="Position">The position of the sampler.</param>
/// <param name="BestScore">The best score of an evaluation; negative infinity before the first.</param>
/// <param name="WithoutBetter">The number of evaluations since the best one.</param>
/// <param name="Elapsed">The duration of the steps in all runs.</param>
internal sealed record TrainingState(long Steps, SamplerPosition Position, double BestScore, int WithoutBetter, TimeSpan Elapsed)
{
    public static TrainingState Beginning { get; } = new(0, default, double.NegativeInfinity, 0, TimeSpan.Zero);
}
