namespace Semblance.Training;

/// <summary>
/// The learning rate of each step: in the warm-up it rises from 0 in a line, then the schedule's shape follows. Schedules
/// are functions of the step and nothing else, so there is nothing to save. Shapes and names are those of the transformers library.
/// </summary>
public abstract record LearningRateSchedule
{
    private readonly double _rate;
    private readonly long _warmupSteps;

    private protected LearningRateSchedule(double rate, long warmupSteps)
    {
        Rate = rate;
        WarmupSteps = warmupSteps;
    }

    /// <summary>The rate at the end of the warm-up, the highest.</summary>
    public double Rate
    {
        get => _rate;
        init => _rate = OptimizerSettings.AtLeastZero(value, nameof(Rate));
    }

    /// <summary>How many steps the warm-up takes; 0 for none.</summary>
    public long WarmupSteps
    {
        get => _warmupSteps;
        init => _warmupSteps = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(WarmupSteps), value, "A warm-up takes at least 0 steps.");
    }

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Rate * (step < WarmupSteps ? (double)step / WarmupSteps : Factor(step));
    }

    /// <summary>What the rate is multiplied by after the warm-up.</summary>
    private protected abstract double Factor(long step);
}
