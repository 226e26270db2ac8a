namespace Semblance.Transformers;

/// <summary>How large a new model is, under the names of BERT's configuration.</summary>
public sealed record ModelSizes
{
    /// <summary>The number of token ids.</summary>
    public required int VocabSize { get; init; }

    /// <summary>The width of a hidden state. 384 by default.</summary>
    public int HiddenSize { get; init; } = 384;

    /// <summary>The number of layers. 6 by default.</summary>
    public int NumHiddenLayers { get; init; } = 6;

    /// <summary>The number of attention heads, which divides the width. 12 by default.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>The width inside the feed-forward block; null, the default, for four times <see cref="HiddenSize"/>.</summary>
    public int? IntermediateSize { get; init; }

    /// <summary>Gets <see cref="IntermediateSize"/>, or four times <see cref="HiddenSize"/> where it is null.</summary>
    public int FeedForwardSize => IntermediateSize ?? checked(4 * HiddenSize);

    /// <summary>The longest text in tokens. 512 by default; T5 takes any.</summary>
    public int MaxPositionEmbeddings { get; init; } = 512;

    /// <summary>How much of each block is left out while the model learns. 0.1 by default; the Llama family leaves out only weights of attention.</summary>
    public float Dropout { get; init; } = 0.1f;

    /// <summary>The id of the padding token. 0 by default; where positions count from it, as in RoBERTa, its tokenizer has it at 1.</summary>
    public int PadTokenId { get; init; }

    /// <summary>The id of the token that a sequence begins with, or null.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>The id of the token that ends a sequence, or null.</summary>
    public int? EosTokenId { get; init; }
}
