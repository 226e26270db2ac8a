namespace Semblance.Training.WordVectors;

/// <summary>How word vectors are made.</summary>
public sealed record WordVectorOptions
{
    /// <summary>The number of elements of a vector; 256 by default.</summary>
    public int Dimensions { get; init; } = 256;

    /// <summary>How far apart two tokens count as neighbours; 5 by default. Nearer ones count more: 1 beside each other, 1 / window at the edge.</summary>
    public int Window { get; init; } = 5;

    /// <summary>The exponent on the frequency of a context, which keeps rare words from looking too special; 0.75 by default.</summary>
    public double ContextSmoothing { get; init; } = 0.75;

    /// <summary>How often the matrix is multiplied to find its largest directions; 3 by default.</summary>
    public int Iterations { get; init; } = 3;

    /// <summary>Where the search for directions begins.</summary>
    public int Seed { get; init; }
}
