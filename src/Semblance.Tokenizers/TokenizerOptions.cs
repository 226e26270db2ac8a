namespace Semblance.Tokenizers;

/// <summary>Represents the options of <see cref="Tokenizer.Encode(string, string?, TokenizerOptions?)"/>.</summary>
public sealed record TokenizerOptions
{
    /// <summary>Gets the default options: no truncation, with special tokens.</summary>
    public static TokenizerOptions Default { get; } = new();

    /// <summary>
    /// Gets the maximum number of tokens, including special tokens; <see langword="null"/> (the default) for no limit. Special tokens are
    /// kept even if the limit is less than their number.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Gets the text of a pair from which tokens are removed; the longer one first by default.</summary>
    public TruncationStrategy Truncation { get; init; }

    /// <summary>
    /// Gets the side at which tokens are removed; <see langword="null"/> (the default) for <see cref="Tokenizer.TruncationSide"/>.
    /// </summary>
    public Side? TruncationSide { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the text beyond the maximum length is encoded as well, as <see cref="Encoding.Overflowing"/>;
    /// <see langword="false"/> by default.
    /// </summary>
    public bool Overflow { get; init; }

    /// <summary>Gets the number of tokens of the previous part that each overflowing part repeats; 0 by default.</summary>
    public int Stride { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the special tokens of the model, such as <c>[CLS]</c> and <c>[SEP]</c>, are added;
    /// <see langword="true"/> by default.
    /// </summary>
    public bool AddSpecialTokens { get; init; } = true;
}
