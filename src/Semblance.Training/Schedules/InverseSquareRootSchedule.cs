namespace Semblance.Training;

/// <summary>The rate falls as 1/√step does, without end (Vaswani et al. 2017, arXiv:1706.03762).</summary>
public sealed record InverseSquareRootSchedule : LearningRateSchedule
{
    /// <summary>A schedule.</summary>
    /// <param name="rate">The highest rate.</param>
    /// <param name="warmupSteps">How many steps the warm-up takes.</param>
    public InverseSquareRootSchedule(double rate, long warmupSteps = 0)
        : base(rate, warmupSteps)
    {
    }

    /// <summary>After how many steps beyond the warm-up the rate has fallen to 1/√2; null, the default, for the length of the warm-up, or 10,000 without one.</summary>
    public long? TimeScale { get; init; }

    private protected override double Factor(long step)
    {
        double scale = TimeScale ?? (WarmupSteps > 0 ? WarmupSteps : 10_000);
        return 1 / Math.Sqrt((step - WarmupSteps + scale) / scale);
    }
}
