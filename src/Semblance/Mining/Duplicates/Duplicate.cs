namespace Semblance;

/// <summary>Represents the earlier text or vector that another one duplicates.</summary>
/// <param name="Of">
/// The position of the earlier one in the stream, from 0; if there are several, the most similar, then the earliest.
/// </param>
/// <param name="Score">The cosine similarity of the two; 1 for identical texts.</param>
/// <param name="IsExact"><see langword="true"/> if the texts are identical; otherwise, <see langword="false"/>.</param>
public readonly record struct Duplicate(long Of, float Score, bool IsExact);
