namespace Semblance;

/// <summary>A vector that was found.</summary>
/// <param name="Index">Its row in the corpus.</param>
/// <param name="Score">Its similarity to the query.</param>
public readonly record struct SearchHit(int Index, float Score) : IRanked<SearchHit>
{
    bool IRanked<SearchHit>.Precedes(SearchHit other) => Score > other.Score || (Score == other.Score && Index < other.Index);
}
