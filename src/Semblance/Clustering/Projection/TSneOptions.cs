namespace Semblance;

/// <summary>How <see cref="TSne"/> draws.</summary>
public sealed record TSneOptions
{
    /// <summary>
    /// About how many neighbours a point keeps near; 30 by default. Of n vectors at most (n − 1)/3 are taken.
    /// </summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>How many steps; 1,000 by default. In the first quarter groups are pulled together.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>How much stronger points attract each other in the first quarter; 12 by default.</summary>
    public double EarlyExaggeration { get; init; } = 12;

    /// <summary>How far a step goes; null, the default, for n/48 but at least 50 (Belkina et al. 2019).</summary>
    public double? LearningRate { get; init; }

    /// <summary>
    /// How small a group of points looks, its width by its distance, when it counts as one; 0.5 by default. 0 is exact, at the cost of comparing
    /// all points in each step.
    /// </summary>
    public double Theta { get; init; } = 0.5;

    /// <summary>Decides what is left to chance; the same seed gives the same bits, whatever the threads. 42 by default.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>The maximum number of threads to use, the caller's included; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Iterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        Positive(Perplexity, nameof(Perplexity), 1);
        Positive(EarlyExaggeration, nameof(EarlyExaggeration), 1);
        Positive(LearningRate ?? 1, nameof(LearningRate), double.Epsilon);
        Positive(Theta, nameof(Theta), 0);
    }

    private static void Positive(double value, string name, double least)
    {
        if (!(value >= least) || !double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be a number from {least} on.");
        }
    }
}
