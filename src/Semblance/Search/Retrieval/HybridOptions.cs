namespace Semblance;

/// <summary>Represents the options of <see cref="HybridSearch"/>.</summary>
public sealed record HybridOptions
{
    /// <summary>Gets the number of hits that each method contributes, at least as many as requested; 100 by default.</summary>
    public int Candidates { get; init; } = 100;

    /// <summary>Gets the constant k of <see cref="ReciprocalRankFusion"/>; 60 by default.</summary>
    public double K { get; init; } = ReciprocalRankFusion.DefaultK;

    /// <summary>Gets the weight of each method; <see langword="null"/>, the default, for equal weights.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    internal void Check(int retrievers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        ReciprocalRankFusion.Check(retrievers, K, Weights);
    }
}
