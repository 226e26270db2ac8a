namespace Semblance.Tokenizers;

/// <summary>Represents the options of <see cref="Tokenizer.Pad"/>.</summary>
public sealed record PaddingOptions
{
    /// <summary>
    /// Gets the length in tokens; <see langword="null"/> (the default) for the length of the longest encoding. Longer encodings are not
    /// changed.
    /// </summary>
    public int? Length { get; init; }

    /// <summary>Gets the number to a multiple of which the length is rounded up; 1 by default.</summary>
    public int MultipleOf { get; init; } = 1;

    /// <summary>Gets the side of the padding; <see langword="null"/> (the default) for <see cref="Tokenizer.PaddingSide"/>.</summary>
    public Side? Side { get; init; }

    /// <summary>Gets the id of the padding token; <see langword="null"/> (the default) for <see cref="Tokenizer.PaddingId"/>.</summary>
    public int? Id { get; init; }

    /// <summary>Gets the type id of the padding tokens; 0 by default.</summary>
    public int TypeId { get; init; }
}
