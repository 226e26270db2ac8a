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

    /// <summary>Adds the special tokens of the model, such as <c>[CLS]</c> and <c>[SEP]</c>; true by default.</summary>
    public bool AddSpecialTokens { get; init; } = true;
}
