namespace Semblance;

/// <summary>Represents the options of <see cref="HybridSearch"/>.</summary>
public sealed record HybridOptions
{
    /// <summary>Gets the number of hits that each method contributes, at least as many as requested; 100 by default.</summary>
    public int Candidates { get; init; } = 100;

    /// <summary>Gets how the hits of the methods are fused; <see cref="Fusion.RelativeScores"/> by default.</summary>
    public Fusion Fusion { get; init; } = Fusion.RelativeScores;

    /// <summary>Gets the constant k of <see cref="Fusion.ReciprocalRanks"/>; 60 by default.</summary>
    public double K { get; init; } = ReciprocalRankFusion.DefaultK;

    /// <summary>Gets the weight of each method; <see langword="null"/>, the default, for equal weights.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    internal SearchHit[] Fuse(IReadOnlyList<IReadOnlyList<SearchHit>> rankings, int topK) => Fusion == Fusion.RelativeScores
        ? RelativeScoreFusion.Fuse(rankings, topK, Weights)
        : ReciprocalRankFusion.Fuse(rankings, topK, K, Weights);

    internal void Check(int retrievers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Candidates, 1);
        if (Fusion is not (Fusion.RelativeScores or Fusion.ReciprocalRanks))
        {
            throw new ArgumentException($"The fusion {Fusion} is not supported.");
        }

        ReciprocalRankFusion.Check(retrievers, K, Weights);
        if (Fusion == Fusion.RelativeScores)
        {
            RelativeScoreFusion.Check(retrievers, Weights);
        }
    }
}
