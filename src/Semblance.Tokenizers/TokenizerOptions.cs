namespace Semblance.Tokenizers;

/// <summary>How <see cref="Tokenizer.Encode(string, string?, TokenizerOptions?)"/> works.</summary>
public sealed record TokenizerOptions
{
    /// <summary>The options used when none are given: no truncation, with special tokens.</summary>
    public static TokenizerOptions Default { get; } = new();

    /// <summary>
    /// The largest number of tokens, special ones included; null (the default) for no limit. Of a pair, tokens are taken
    /// from the longer text first. Special tokens stay even if the limit is smaller than their number.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>From which text of a pair tokens are taken; the longer one first by default.</summary>
    public TruncationStrategy Truncation { get; init; }

    /// <summary>At which end tokens are taken; null (the default) for the tokenizer's own, <see cref="Tokenizer.TruncationSide"/>.</summary>
    public Side? TruncationSide { get; init; }

    /// <summary>
    /// Tokenizes what is beyond the largest length too, as further encodings (<see cref="Encoding.Overflowing"/>); false
    /// by default.
    /// </summary>
    public bool Overflow { get; init; }

    /// <summary>How many tokens of the text before it each overflowing part repeats; 0 by default.</summary>
    public int Stride { get; init; }

    /// <summary>Adds the special tokens of the model, such as <c>[CLS]</c> and <c>[SEP]</c>; true by default.</summary>
    public bool AddSpecialTokens { get; init; } = true;
}
