namespace Semblance.Transformers;

/// <summary>Describes the tokenizer of an architecture's original: its kind, its special tokens and their positions.</summary>
/// <param name="Kind">The tokenization.</param>
/// <param name="SpecialTokens">The special tokens in the order of their ids, from 0.</param>
/// <param name="Padding">The padding token.</param>
public sealed record TokenizerLayout(TokenizerKind Kind, IReadOnlyList<string> SpecialTokens, string Padding)
{
    /// <summary>Gets BERT's layout.</summary>
    public static TokenizerLayout Bert { get; } =
        new(TokenizerKind.WordPiece, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], "[PAD]")
        {
            First = "[CLS]",
            Last = "[SEP]",
            Unknown = "[UNK]",
            Mask = "[MASK]",
        };

    /// <summary>Gets RoBERTa's layout.</summary>
    public static TokenizerLayout Roberta { get; } =
        new(TokenizerKind.ByteLevel, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"], "<pad>")
        {
            First = "<s>",
            Last = "</s>",
            Unknown = "<unk>",
            Mask = "<mask>",
        };

    /// <summary>Gets the token with which each text begins, or <see langword="null"/>.</summary>
    public string? First { get; init; }

    /// <summary>Gets the token with which each text ends, or <see langword="null"/>.</summary>
    public string? Last { get; init; }

    /// <summary>Gets the unknown token, or <see langword="null"/>.</summary>
    public string? Unknown { get; init; }

    /// <summary>Gets the mask token, or <see langword="null"/>.</summary>
    public string? Mask { get; init; }

    /// <summary>
    /// Gets the token that ends a generated text, if it is not appended to every text; <see langword="null"/> if it is <see cref="Last"/>.
    /// </summary>
    public string? End { get; init; }
}
