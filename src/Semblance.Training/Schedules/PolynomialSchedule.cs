namespace Semblance.Training;

/// <summary>The rate falls to a last one as a power of what is left of the way.</summary>
public sealed record PolynomialSchedule : DecaySchedule
{
    /// <summary>A schedule.</summary>
    /// <param name="rate">The highest rate.</param>
    /// <param name="totalSteps">How many steps there are, those of the warm-up included.</param>
    /// <param name="warmupSteps">How many steps the warm-up takes.</param>
    public PolynomialSchedule(double rate, long totalSteps, long warmupSteps = 0)
        : base(rate, totalSteps, warmupSteps)
    {
    }

    /// <summary>The power; 1, the default, falls in a line.</summary>
    public double Power { get; init; } = 1;

    /// <summary>The rate at the end and beyond; 10⁻⁷ by default.</summary>
    public double EndRate { get; init; } = 1e-7;

    private protected override double Factor(long step)
    {
        var end = Rate == 0 ? 0 : EndRate / Rate;
        return ((1 - end) * Math.Pow(Math.Max(0, 1 - Progress(step)), Power)) + end;
    }
}
