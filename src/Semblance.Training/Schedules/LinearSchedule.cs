namespace Semblance.Training;

/// <summary>Represents a learning rate that decays linearly to 0.</summary>
public sealed record LinearSchedule : DecaySchedule
{
    /// <summary>Initializes a new instance of the <see cref="LinearSchedule"/> class.</summary>
    /// <param name="rate">The maximum learning rate.</param>
    /// <param name="totalSteps">The total number of steps, including the warm-up.</param>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    public LinearSchedule(double rate, long totalSteps, long warmupSteps = 0)
        : base(rate, totalSteps, warmupSteps)
    {
    }

    private protected override double Factor(long step) => Math.Max(0, 1 - Progress(step));
}
