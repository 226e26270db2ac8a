namespace Semblance.Training;

/// <summary>The rate stays as it is after the warm-up.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    /// <summary>A schedule.</summary>
    /// <param name="rate">The highest rate.</param>
    /// <param name="warmupSteps">How many steps the warm-up takes.</param>
    public ConstantSchedule(double rate, long warmupSteps = 0)
        : base(rate, warmupSteps)
    {
    }

    private protected override double Factor(long step) => 1;
}
