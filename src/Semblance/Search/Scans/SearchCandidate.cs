namespace Semblance;

/// <summary>Represents a row that could be a hit of a query.</summary>
/// <param name="Row">The row.</param>
/// <param name="Query">The query.</param>
/// <param name="Most">An upper bound of the score.</param>
internal readonly record struct SearchCandidate(int Row, int Query, float Most);
