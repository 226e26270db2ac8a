namespace Semblance.Training;

/// <summary>Represents a learning rate that is constant after the warm-up.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    /// <summary>Initializes a new instance of the <see cref="ConstantSchedule"/> class.</summary>
    /// <param name="rate">The maximum learning rate.</param>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    public ConstantSchedule(double rate, long warmupSteps = 0)
        : base(rate, warmupSteps)
    {
    }

    private protected override double Factor(long step) => 1;
}
