namespace Semblance.Training;

/// <summary>
/// Represents a learning rate that decays like a cosine, by default over half a wave to 0 (Loshchilov and Hutter 2017, arXiv:1608.03983).
/// </summary>
public sealed record CosineSchedule : DecaySchedule
{
    /// <summary>Initializes a new instance of the <see cref="CosineSchedule"/> class.</summary>
    /// <param name="rate">The maximum learning rate.</param>
    /// <param name="totalSteps">The total number of steps, including the warm-up.</param>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    public CosineSchedule(double rate, long totalSteps, long warmupSteps = 0)
        : base(rate, totalSteps, warmupSteps)
    {
    }

    /// <summary>Gets the number of waves; ½ by default. The rate rises again beyond the last step.</summary>
    public double Cycles { get; init; } = 0.5;

    /// <summary>Gets the minimum learning rate; 0 by default.</summary>
    public double MinimumRate { get; init; }

    private protected override double Factor(long step)
    {
        var lowest = Rate == 0 ? 0 : MinimumRate / Rate;
        var wave = 0.5 * (1 + Math.Cos(2 * Math.PI * Cycles * Progress(step)));
        return Math.Max(0, (wave * (1 - lowest)) + lowest);
    }
}
