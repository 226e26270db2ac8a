namespace Semblance.Transformers.Bert;

/// <summary>What an architecture calls the parts of a layer that is otherwise BERT's, and where it drops elements out.</summary>
internal sealed record BertLayerNames
{
    /// <summary>The names of BERT, RoBERTa and ELECTRA.</summary>
    public static BertLayerNames Bert { get; } = new();

    /// <summary>The cross-attention of a BERT decoder.</summary>
    public static BertLayerNames BertCrossAttention { get; } = new()
    {
        Query = "crossattention.self.query",
        Key = "crossattention.self.key",
        Value = "crossattention.self.value",
        AttentionOutput = "crossattention.output.dense",
        AttentionNorm = "crossattention.output.LayerNorm",
    };

    public string Query { get; init; } = "attention.self.query";

    public string Key { get; init; } = "attention.self.key";

    public string Value { get; init; } = "attention.self.value";

    public string AttentionOutput { get; init; } = "attention.output.dense";

    public string AttentionNorm { get; init; } = "attention.output.LayerNorm";

    public string Intermediate { get; init; } = "intermediate.dense";

    public string Output { get; init; } = "output.dense";

    public string OutputNorm { get; init; } = "output.LayerNorm";

    /// <summary>Whether elements of the attention block's output are left out while the model learns.</summary>
    public bool AttentionDropout { get; init; } = true;

    /// <summary>Whether elements of the feed-forward block's output are left out while the model learns.</summary>
    public bool FeedForwardDropout { get; init; } = true;
}
