namespace Semblance.Training;

/// <summary>Represents a learning rate that decays to a final rate as a power of the remaining fraction of steps.</summary>
public sealed record PolynomialSchedule : DecaySchedule
{
    /// <summary>Initializes a new instance of the <see cref="PolynomialSchedule"/> class.</summary>
    /// <param name="rate">The maximum learning rate.</param>
    /// <param name="totalSteps">The total number of steps, including the warm-up.</param>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    public PolynomialSchedule(double rate, long totalSteps, long warmupSteps = 0)
        : base(rate, totalSteps, warmupSteps)
    {
    }

    /// <summary>Gets the power; 1, the default, decays linearly.</summary>
    public double Power { get; init; } = 1;

    /// <summary>Gets the learning rate at the last step and beyond; 10⁻⁷ by default.</summary>
    public double EndRate { get; init; } = 1e-7;

    private protected override double Factor(long step)
    {
        var end = Rate == 0 ? 0 : EndRate / Rate;
        return ((1 - end) * Math.Pow(Math.Max(0, 1 - Progress(step)), Power)) + end;
    }
}
