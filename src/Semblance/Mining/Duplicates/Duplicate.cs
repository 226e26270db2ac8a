namespace Semblance;

/// <summary>What a text or a vector repeats.</summary>
/// <param name="Of">The place of the earlier one in the stream, from 0; of several the most similar, then the earliest.</param>
/// <param name="Score">The cosine of the two; 1 for the same text.</param>
/// <param name="IsExact">Whether the two texts are the same, character for character.</param>
public readonly record struct Duplicate(long Of, float Score, bool IsExact);
