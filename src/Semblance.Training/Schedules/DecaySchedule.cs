namespace Semblance.Training;

/// <summary>A schedule that ends after a known number of steps.</summary>
public abstract record DecaySchedule : LearningRateSchedule
{
    private readonly long _totalSteps;

    private protected DecaySchedule(double rate, long totalSteps, long warmupSteps)
        : base(rate, warmupSteps) => TotalSteps = totalSteps;

    /// <summary>How many steps there are, those of the warm-up included.</summary>
    public long TotalSteps
    {
        get => _totalSteps;
        init => _totalSteps = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(TotalSteps), value, "There is at least 1 step.");
    }

    /// <summary>The part of the way from the warm-up's end to the end that a step has come; above 1 beyond.</summary>
    private protected double Progress(long step) => (double)(step - WarmupSteps) / Math.Max(1, TotalSteps - WarmupSteps);
}
