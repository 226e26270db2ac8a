namespace Semblance.Training;

/// <summary>Represents a learning rate that decays like 1/√step, without end (Vaswani et al. 2017, arXiv:1706.03762).</summary>
public sealed record InverseSquareRootSchedule : LearningRateSchedule
{
    /// <summary>Initializes a new instance of the <see cref="InverseSquareRootSchedule"/> class.</summary>
    /// <param name="rate">The maximum learning rate.</param>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    public InverseSquareRootSchedule(double rate, long warmupSteps = 0)
        : base(rate, warmupSteps)
    {
    }

    /// <summary>
    /// Gets the number of steps after the warm-up in which the rate decays to 1/√2 of the maximum; <see langword="null"/>, the default, for
    /// the number of warm-up steps, or 10,000 without a warm-up.
    /// </summary>
    public long? TimeScale { get; init; }

    private protected override double Factor(long step)
    {
        double scale = TimeScale ?? (WarmupSteps > 0 ? WarmupSteps : 10_000);
        return 1 / Math.Sqrt((step - WarmupSteps + scale) / scale);
    }
}
