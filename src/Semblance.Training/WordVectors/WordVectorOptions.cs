namespace Semblance.Training.WordVectors;

/// <summary>Represents the options of <see cref="WordVectorTrainer"/>.</summary>
public sealed record WordVectorOptions
{
    /// <summary>Gets the number of dimensions of a vector; 256 by default.</summary>
    public int Dimensions { get; init; } = 256;

    /// <summary>
    /// Gets the context window: the maximum distance of two tokens; 5 by default. The weight decreases from 1 for adjacent tokens to 1 /
    /// window at the edge.
    /// </summary>
    public int Window { get; init; } = 5;

    /// <summary>Gets the exponent of a context's frequency, which limits the bias toward rare tokens; 0.75 by default.</summary>
    public double ContextSmoothing { get; init; } = 0.75;

    /// <summary>Gets the number of subspace iterations; 3 by default.</summary>
    public int Iterations { get; init; } = 3;

    /// <summary>Gets the random seed; 0 by default.</summary>
    public int Seed { get; init; }
}
