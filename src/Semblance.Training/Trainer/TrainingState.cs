namespace Semblance.Training;

/// <summary>Where a training is, beside its parameters and its optimiser.</summary>
/// <param name="Steps">How many steps have been taken.</param>
/// <param name="Position">Where the sampler is.</param>
/// <param name="BestScore">The best score of an evaluation; minus infinity before the first.</param>
/// <param name="WithoutBetter">How many evaluations there have been since.</param>
/// <param name="Elapsed">How long the steps took, in all runs.</param>
internal sealed record TrainingState(long Steps, SamplerPosition Position, double BestScore, int WithoutBetter, TimeSpan Elapsed)
{
    public static TrainingState Beginning { get; } = new(0, default, double.NegativeInfinity, 0, TimeSpan.Zero);
}
