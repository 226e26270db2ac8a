namespace Semblance;

/// <summary>How <see cref="HybridSearch"/> fuses rankings.</summary>
public sealed record HybridOptions
{
    /// <summary>How many hits each way of searching brings along, at least as many as are asked for; 100 by default.</summary>
    public int Candidates { get; init; } = 100;

    /// <summary>The k of <see cref="ReciprocalRankFusion"/>; 60 by default.</summary>
    public double K { get; init; } = ReciprocalRankFusion.DefaultK;

    /// <summary>How much each way counts; null, the default, for equally much.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    internal void Check(int retrievers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        ReciprocalRankFusion.Check(retrievers, K, Weights);
    }
}
