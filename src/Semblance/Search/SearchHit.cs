namespace Semblance;

/// <summary>Represents a vector that a search found.</summary>
/// <param name="Index">The row in the corpus.</param>
/// <param name="Score">The similarity to the query.</param>
public readonly record struct SearchHit(int Index, float Score) : IRanked<SearchHit>
{
    bool IRanked<SearchHit>.Precedes(SearchHit other) => Score > other.Score || (Score == other.Score && Index < other.Index);
}
