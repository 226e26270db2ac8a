namespace Semblance;

/// <summary>Represents the options of <see cref="ParaphraseMining"/>.</summary>
public sealed record MiningOptions
{
    /// <summary>Gets the minimum score of a pair; none by default.</summary>
    public float Threshold { get; init; } = float.NegativeInfinity;

    /// <summary>Gets the maximum number of pairs to keep, the best ones; 500,000 by default.</summary>
    public int MaxPairs { get; init; } = 500_000;

    /// <summary>
    /// Gets the number of nearest vectors of which a pair must be in at least one direction; <see langword="null"/>, the default, for no
    /// such limit (the default of sentence-transformers is 100). Needs memory for as many hits of every vector.
    /// </summary>
    public int? TopK { get; init; }

    /// <summary>Gets the similarity function; cosine by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>Gets the maximum number of threads, including the calling one; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    /// <summary>Gets the number of rows and columns of a tile, which fits in the second-level cache.</summary>
    internal int BlockRows { get; init; } = 448;

    /// <summary>Gets the number of vector elements that are prepared at a time.</summary>
    internal int StripeFloats { get; init; } = 8 << 20;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPairs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK ?? 1, 1, nameof(TopK));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        Similarity.Checked();
        if (float.IsNaN(Threshold))
        {
            throw new ArgumentException("The threshold is NaN; use a number, or omit it.", nameof(Threshold));
        }
    }
}
