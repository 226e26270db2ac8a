namespace Semblance;

/// <summary>Represents a document that a search found: by its vector, or by the best of the vectors of its passages.</summary>
/// <param name="Id">The id of the document.</param>
/// <param name="Score">The similarity to the query; higher is more similar.</param>
/// <param name="Text">The text stored with the vector: the document, or its best passage.</param>
/// <param name="Metadata">The labels of the document.</param>
/// <param name="Passage">
/// The place of the passage in the document; <see langword="null"/> if the index has one vector for each document.
/// </param>
public sealed record DocumentHit(
    VectorId Id, float Score, string? Text = null, IReadOnlyDictionary<string, string>? Metadata = null, Passage? Passage = null);
