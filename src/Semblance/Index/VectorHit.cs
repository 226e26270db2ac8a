namespace Semblance;

/// <summary>A vector that was found in an index.</summary>
/// <param name="Id">What it is called.</param>
/// <param name="Score">Its similarity to the query; larger is more alike.</param>
/// <param name="Text">The text kept with it.</param>
/// <param name="Metadata">The labels kept with it.</param>
public sealed record VectorHit(VectorId Id, float Score, string? Text = null, IReadOnlyDictionary<string, string>? Metadata = null);
