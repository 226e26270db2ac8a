using Semblance.Tensors;

namespace Semblance;

/// <summary>Represents the options of <see cref="KMeans"/>.</summary>
public sealed record KMeansOptions
{
    /// <summary>Gets the number of clusters; 8 by default.</summary>
    public int Clusters { get; init; } = 8;

    /// <summary>Gets the random seed; the same seed gives the same bits with any number of threads. 42 by default.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Gets the number of runs with different initial centroids, of which the best is returned; 1 by default.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>Gets the maximum number of iterations over the vectors; 300 by default.</summary>
    public int MaxIterations { get; init; } = 300;

    /// <summary>
    /// Gets the convergence tolerance: the sum of the squared centroid moves, as a fraction of the mean variance of a dimension; 10⁻⁴ by
    /// default, as in scikit-learn.
    /// </summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>
    /// Gets a value that indicates whether to use spherical k-means: vectors and centroids are normalized, and a vector belongs to the
    /// centroid with the largest cosine similarity (Dhillon and Modha 2001). False by default.
    /// </summary>
    public bool Spherical { get; init; }

    /// <summary>
    /// Gets the number of vectors per iteration of mini-batch k-means (Sculley 2010, doi:10.1145/1772690.1772862); <see langword="null"/>,
    /// the default, for all.
    /// </summary>
    public int? BatchSize { get; init; }

    /// <summary>Gets the initial centroids <c>[clusters × dimensions]</c>; <see langword="null"/>, the default, for k-means++.</summary>
    public Tensor? Initial { get; init; }

    /// <summary>Gets the maximum number of threads, including the calling one; all physical cores by default.</summary>
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
            throw new ArgumentOutOfRangeException(nameof(Tolerance), Tolerance, "The tolerance must be 0 or more.");
        }
    }
}
