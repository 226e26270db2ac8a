namespace Semblance;

/// <summary>Two vectors and how alike they are.</summary>
/// <param name="First">The row of one.</param>
/// <param name="Second">The row of the other, which comes after where both are of one set.</param>
/// <param name="Score">Their similarity.</param>
public readonly record struct ScoredPair(int First, int Second, float Score) : IRanked<ScoredPair>
{
    bool IRanked<ScoredPair>.Precedes(ScoredPair other) => Score != other.Score
        ? Score > other.Score
        : First != other.First ? First < other.First : Second < other.Second;
}
