namespace Semblance;

/// <summary>Represents two vectors and their similarity.</summary>
/// <param name="First">The row of the first vector.</param>
/// <param name="Second">The row of the second vector; larger than <paramref name="First"/> if both are of one set.</param>
/// <param name="Score">The similarity.</param>
public readonly record struct ScoredPair(int First, int Second, float Score) : IRanked<ScoredPair>
{
    bool IRanked<ScoredPair>.Precedes(ScoredPair other) => Score != other.Score
        ? Score > other.Score
        : First != other.First ? First < other.First : Second < other.Second;
}
