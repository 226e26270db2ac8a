namespace Semblance;

/// <summary>Represents a vector that a search found.</summary>
/// <param name="Id">The id of the vector.</param>
/// <param name="Score">The similarity to the query; higher is more similar.</param>
/// <param name="Text">The text stored with the vector.</param>
/// <param name="Metadata">The labels stored with the vector.</param>
public sealed record VectorHit(VectorId Id, float Score, string? Text = null, IReadOnlyDictionary<string, string>? Metadata = null);
