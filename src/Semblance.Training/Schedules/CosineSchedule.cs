namespace Semblance.Training;

/// <summary>The rate falls as a cosine does, by default over its first half wave to 0 (Loshchilov and Hutter 2017, arXiv:1608.03983).</summary>
public sealed record CosineSchedule : DecaySchedule
{
    /// <summary>A schedule.</summary>
    /// <param name="rate">The highest rate.</param>
    /// <param name="totalSteps">How many steps there are, those of the warm-up included.</param>
    /// <param name="warmupSteps">How many steps the warm-up takes.</param>
    public CosineSchedule(double rate, long totalSteps, long warmupSteps = 0)
        : base(rate, totalSteps, warmupSteps)
    {
    }

    /// <summary>How many waves there are; ½ by default. The rate rises again beyond the end.</summary>
    public double Cycles { get; init; } = 0.5;

    /// <summary>The lowest rate; 0 by default.</summary>
    public double MinimumRate { get; init; }

    private protected override double Factor(long step)
    {
        var lowest = Rate == 0 ? 0 : MinimumRate / Rate;
        var wave = 0.5 * (1 + Math.Cos(2 * Math.PI * Cycles * Progress(step)));
        return Math.Max(0, (wave * (1 - lowest)) + lowest);
    }
}
