namespace Semblance;

/// <summary>Specifies how <see cref="HybridSearch"/> fuses the hits of its methods.</summary>
public enum Fusion
{
    /// <summary>By their scores, scaled to the same range for each method (<see cref="RelativeScoreFusion"/>).</summary>
    RelativeScores,

    /// <summary>By their ranks alone (<see cref="ReciprocalRankFusion"/>).</summary>
    ReciprocalRanks,
}
