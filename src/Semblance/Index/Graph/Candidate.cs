namespace Semblance;

/// <summary>A vector met on a search.</summary>
/// <param name="Distance">How far it is from the query.</param>
/// <param name="Node">Its number; the bits are flipped once its neighbours were looked at.</param>
internal readonly record struct Candidate(float Distance, int Node);
