namespace Semblance;

/// <summary>What <see cref="ParaphraseMining"/> looks for.</summary>
public sealed record MiningOptions
{
    /// <summary>The score that a pair has at least; none by default.</summary>
    public float Threshold { get; init; } = float.NegativeInfinity;

    /// <summary>How many pairs are kept at most, the best ones; 500,000 by default.</summary>
    public int MaxPairs { get; init; } = 500_000;

    /// <summary>
    /// Keeps only the pairs of which one is among the so many nearest of the other; null, the default, keeps all
    /// (sentence-transformers takes 100). Needs memory for as many hits of every vector.
    /// </summary>
    public int? TopK { get; init; }

    /// <summary>How to compare; the cosine by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>The maximum number of threads to use, the caller's included; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    /// <summary>A tile compares this many vectors with as many others: all of it stays in the second-level cache.</summary>
    internal int BlockRows { get; init; } = 448;

    /// <summary>How many floats of vectors are made ready at a time.</summary>
    internal int StripeFloats { get; init; } = 8 << 20;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPairs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK ?? 1, 1, nameof(TopK));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        Similarity.Checked();
        if (float.IsNaN(Threshold))
        {
            throw new ArgumentException("A threshold that is not a number lets no pair through; use a number, or leave it out.", nameof(Threshold));
        }
    }
}
