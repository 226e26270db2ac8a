namespace Semblance;

/// <summary>A vector in an index, and what is kept with it.</summary>
/// <param name="Id">What it is called; one index has each id once.</param>
/// <param name="Vector">As many elements as the index has dimensions, all finite. Where the similarity is the cosine, an index returns it at length one.</param>
/// <param name="Text">The text that it stands for, if that is to be kept.</param>
/// <param name="Metadata">Labels to filter by, such as <c>language</c> to <c>en</c>.</param>
public sealed record VectorRecord(
    VectorId Id,
    ReadOnlyMemory<float> Vector,
    string? Text = null,
    IReadOnlyDictionary<string, string>? Metadata = null);
