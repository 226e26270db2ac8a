namespace Semblance.Transformers;

/// <summary>Represents the sizes of a new model, under the names of BERT's configuration.</summary>
public sealed record ModelSizes
{
    /// <summary>Gets the vocabulary size: the number of token ids.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Gets the width of a hidden state. 384 by default.</summary>
    public int HiddenSize { get; init; } = 384;

    /// <summary>Gets the number of layers. 6 by default.</summary>
    public int NumHiddenLayers { get; init; } = 6;

    /// <summary>Gets the number of attention heads, which divides the width. 12 by default.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>
    /// Gets the width inside the feed-forward block; <see langword="null"/>, the default, for four times <see cref="HiddenSize"/>.
    /// </summary>
    public int? IntermediateSize { get; init; }

    /// <summary>Gets <see cref="IntermediateSize"/>, or four times <see cref="HiddenSize"/> if it is <see langword="null"/>.</summary>
    public int FeedForwardSize => IntermediateSize ?? checked(4 * HiddenSize);

    /// <summary>Gets the maximum sequence length in tokens. 512 by default; T5 has no limit.</summary>
    public int MaxPositionEmbeddings { get; init; } = 512;

    /// <summary>
    /// Gets the dropout probability of each block. 0.1 by default; the Llama family applies it to attention weights only.
    /// </summary>
    public float Dropout { get; init; } = 0.1f;

    /// <summary>
    /// Gets the id of the padding token. 0 by default; 1 in the tokenizers of models that count positions from it, such as RoBERTa.
    /// </summary>
    public int PadTokenId { get; init; }

    /// <summary>Gets the id of the token with which a sequence begins, or <see langword="null"/>.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Gets the id of the token that ends a sequence, or <see langword="null"/>.</summary>
    public int? EosTokenId { get; init; }
}
