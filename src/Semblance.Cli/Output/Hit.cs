namespace Semblance.Cli.Output;

/// <summary>Represents a result of a search.</summary>
/// <param name="Score">The score.</param>
/// <param name="Text">The text; <see langword="null"/> if it is not known.</param>
internal sealed record Hit(float Score, string? Text)
{
    /// <summary>Gets the number of the line of the text; <see langword="null"/> for a result of an index.</summary>
    public long? Line { get; init; }

    /// <summary>Gets the id in the index; <see langword="null"/> for a line of a file.</summary>
    public VectorId? Id { get; init; }

    /// <summary>Gets the place of the text in its document; <see langword="null"/> if it is the whole.</summary>
    public Passage? Passage { get; init; }

    /// <summary>Gets the labels of the document.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
