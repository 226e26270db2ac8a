namespace Semblance.Tokenizers;

/// <summary>How <see cref="Tokenizer.Pad"/> makes encodings equally long.</summary>
public sealed record PaddingOptions
{
    /// <summary>The length in tokens; null (the default) for that of the longest encoding. Longer encodings stay as they are.</summary>
    public int? Length { get; init; }

    /// <summary>The length is rounded up to a multiple of this; 1 by default.</summary>
    public int MultipleOf { get; init; } = 1;

    /// <summary>Where the padding goes; null (the default) for the tokenizer's own, <see cref="Tokenizer.PaddingSide"/>.</summary>
    public Side? Side { get; init; }

    /// <summary>The padding token's id; null (the default) for the tokenizer's own.</summary>
    public int? Id { get; init; }

    /// <summary>The padding tokens' type id; 0 by default.</summary>
    public int TypeId { get; init; }
}
