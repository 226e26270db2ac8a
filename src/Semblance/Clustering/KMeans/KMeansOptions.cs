using Semblance.Tensors;

namespace Semblance;

/// <summary>How <see cref="KMeans"/> finds clusters.</summary>
public sealed record KMeansOptions
{
    /// <summary>How many clusters; 8 by default.</summary>
    public int Clusters { get; init; } = 8;

    /// <summary>Decides all that is left to chance; the same seed gives the same bits, whatever the threads. 42 by default.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>How many times to begin anew, of which the best counts; 1 by default.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>The most passes over the vectors; 300 by default.</summary>
    public int MaxIterations { get; init; } = 300;

    /// <summary>
    /// The centres stand still when the squares of all their moves add up to at most this part of the mean variance of a dimension; 10⁻⁴ by
    /// default, as scikit-learn's.
    /// </summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>
    /// Whether only directions count: vectors and centres have length one, and a vector belongs to the centre with which it has the largest cosine
    /// (Dhillon and Modha 2001). False by default.
    /// </summary>
    public bool Spherical { get; init; }

    /// <summary>How many vectors a step looks at (Sculley 2010, doi:10.1145/1772690.1772862); null, the default, for all of them.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Where the centres start, <c>[clusters × dimensions]</c>; null, the default, for k-means++.</summary>
    public Tensor? Initial { get; init; }

    /// <summary>The maximum number of threads to use, the caller's included; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Clusters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Runs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize ?? 1, 1, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        if (!(Tolerance >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(Tolerance), Tolerance, "The tolerance is a part of the variance, from 0 on.");
        }
    }
}
