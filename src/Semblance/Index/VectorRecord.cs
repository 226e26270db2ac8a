namespace Semblance;

/// <summary>Represents a vector in an index, with its id, text and labels.</summary>
/// <param name="Id">The id, unique in the index.</param>
/// <param name="Vector">
/// The vector, of the dimension of the index, all values finite. For cosine similarity an index returns it normalized to length 1.
/// </param>
/// <param name="Text">The text that the vector represents, if it is stored.</param>
/// <param name="Metadata">The labels to filter by, such as <c>language</c> = <c>en</c>.</param>
public sealed record VectorRecord(
    VectorId Id,
    ReadOnlyMemory<float> Vector,
    string? Text = null,
    IReadOnlyDictionary<string, string>? Metadata = null);
