namespace Semblance.Training;

/// <summary>
/// Represents a learning rate that decays to 0 over half a cosine wave, several times, each time from the maximum (Loshchilov and Hutter
/// 2017, arXiv:1608.03983).
/// </summary>
public sealed record CosineWithRestartsSchedule : DecaySchedule
{
    /// <summary>Initializes a new instance of the <see cref="CosineWithRestartsSchedule"/> class.</summary>
    /// <param name="rate">The maximum learning rate.</param>
    /// <param name="totalSteps">The total number of steps, including the warm-up.</param>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    public CosineWithRestartsSchedule(double rate, long totalSteps, long warmupSteps = 0)
        : base(rate, totalSteps, warmupSteps)
    {
    }

    /// <summary>Gets the number of decays; 1 by default.</summary>
    public int Cycles { get; init; } = 1;

    private protected override double Factor(long step) =>
        Progress(step) is var progress and < 1 ? 0.5 * (1 + Math.Cos(Math.PI * (Cycles * progress % 1))) : 0;
}
