namespace Semblance.Server.Collections;

/// <summary>Represents the body of a request to create a collection.</summary>
internal sealed record CreateBody
{
    /// <summary>Gets the name of the model; <see langword="null"/> for the first one that computes dense vectors.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// Gets the treatment of long documents: <c>cut</c>, the default, or <c>chunk</c>, which divides them into passages.
    /// </summary>
    public string? Truncation { get; init; }

    /// <summary>Gets the maximum number of tokens of a passage.</summary>
    public int? ChunkSize { get; init; }

    /// <summary>Gets the number of tokens that a passage shares with the one before it.</summary>
    public int? ChunkOverlap { get; init; }

    /// <summary>Gets the precision of the graph: <c>float32</c>, the default, <c>int8</c> or <c>binary</c>.</summary>
    public string? Precision { get; init; }
}
