namespace Semblance.Training;

/// <summary>The rate falls to 0 in a line.</summary>
public sealed record LinearSchedule : DecaySchedule
{
    /// <summary>A schedule.</summary>
    /// <param name="rate">The highest rate.</param>
    /// <param name="totalSteps">How many steps there are, those of the warm-up included.</param>
    /// <param name="warmupSteps">How many steps the warm-up takes.</param>
    public LinearSchedule(double rate, long totalSteps, long warmupSteps = 0)
        : base(rate, totalSteps, warmupSteps)
    {
    }

    private protected override double Factor(long step) => Math.Max(0, 1 - Progress(step));
}
