namespace Semblance;

/// <summary>Represents a vector found during a search.</summary>
/// <param name="Distance">The distance to the query.</param>
/// <param name="Node">The number of the node; its bits are flipped once its neighbors were visited.</param>
internal readonly record struct Candidate(float Distance, int Node);
