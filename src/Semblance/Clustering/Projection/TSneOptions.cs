namespace Semblance;

/// <summary>Represents the options of <see cref="TSne"/>.</summary>
public sealed record TSneOptions
{
    /// <summary>
    /// Gets the perplexity, the effective number of neighbors of a point; 30 by default. For n vectors, at most (n − 1)/3 is used.
    /// </summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Gets the number of iterations; 1,000 by default. The first quarter uses early exaggeration.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>Gets the factor of the attraction in the first quarter of the iterations; 12 by default.</summary>
    public double EarlyExaggeration { get; init; } = 12;

    /// <summary>Gets the learning rate; <see langword="null"/>, the default, for n/48 but at least 50 (Belkina et al. 2019).</summary>
    public double? LearningRate { get; init; }

    /// <summary>
    /// Gets the Barnes–Hut threshold: the maximum ratio of width to distance of a group that is approximated by one point; 0.5 by default.
    /// 0 is exact but compares all points in each iteration.
    /// </summary>
    public double Theta { get; init; } = 0.5;

    /// <summary>Gets the random seed; the same seed gives the same bits with any number of threads. 42 by default.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Gets the maximum number of threads, including the calling one; all physical cores by default.</summary>
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
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be a number of at least {least}.");
        }
    }
}
