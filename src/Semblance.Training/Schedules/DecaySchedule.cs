namespace Semblance.Training;

/// <summary>Represents a schedule that ends after a known number of steps.</summary>
public abstract record DecaySchedule : LearningRateSchedule
{
    private readonly long _totalSteps;

    private protected DecaySchedule(double rate, long totalSteps, long warmupSteps)
        : base(rate, warmupSteps) => TotalSteps = totalSteps;

    /// <summary>Gets the total number of steps, including the warm-up.</summary>
    public long TotalSteps
    {
        get => _totalSteps;
        init => _totalSteps = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(TotalSteps), value, "The total number of steps must be at least 1.");
    }

    /// <summary>Returns the fraction of the steps after the warm-up that a step has reached; above 1 beyond the last.</summary>
    private protected double Progress(long step) => (double)(step - WarmupSteps) / Math.Max(1, TotalSteps - WarmupSteps);
}
