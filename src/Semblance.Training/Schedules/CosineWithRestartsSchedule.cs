namespace Semblance.Training;

/// <summary>The rate falls to 0 over half a cosine wave, several times, each time from the highest again (Loshchilov and Hutter 2017, arXiv:1608.03983).</summary>
public sealed record CosineWithRestartsSchedule : DecaySchedule
{
    /// <summary>A schedule.</summary>
    /// <param name="rate">The highest rate.</param>
    /// <param name="totalSteps">How many steps there are, those of the warm-up included.</param>
    /// <param name="warmupSteps">How many steps the warm-up takes.</param>
    public CosineWithRestartsSchedule(double rate, long totalSteps, long warmupSteps = 0)
        : base(rate, totalSteps, warmupSteps)
    {
    }

    /// <summary>How many times it falls; 1 by default.</summary>
    public int Cycles { get; init; } = 1;

    private protected override double Factor(long step) =>
        Progress(step) is var progress and < 1 ? 0.5 * (1 + Math.Cos(Math.PI * (Cycles * progress % 1))) : 0;
}
