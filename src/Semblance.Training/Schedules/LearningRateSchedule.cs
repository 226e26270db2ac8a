namespace Semblance.Training;

/// <summary>Represents the learning rate of each step: it rises linearly from 0 during the warm-up, then follows the schedule.</summary>
/// <remarks>
/// Schedules depend only on the step, so they have no state to save. Shapes and names are those of the transformers library.
/// </remarks>
public abstract record LearningRateSchedule
{
    private readonly double _rate;
    private readonly long _warmupSteps;

    private protected LearningRateSchedule(double rate, long warmupSteps)
    {
        Rate = rate;
        WarmupSteps = warmupSteps;
    }

    /// <summary>Gets the maximum learning rate, reached at the end of the warm-up.</summary>
    public double Rate
    {
        get => _rate;
        init => _rate = OptimizerSettings.AtLeastZero(value, nameof(Rate));
    }

    /// <summary>Gets the number of warm-up steps; 0 for no warm-up.</summary>
    public long WarmupSteps
    {
        get => _warmupSteps;
        init => _warmupSteps = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(WarmupSteps), value, "The number of warm-up steps must be at least 0.");
    }

    /// <summary>Returns the learning rate of a step.</summary>
    /// <param name="step">The index of the step, from 0.</param>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Rate * (step < WarmupSteps ? (double)step / WarmupSteps : Factor(step));
    }

    /// <summary>Returns the factor of the maximum rate after the warm-up.</summary>
    private protected abstract double Factor(long step);
}
