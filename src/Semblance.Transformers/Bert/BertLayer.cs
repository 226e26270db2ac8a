using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.Bert;

/// <summary>Represents one layer: attention, in a decoder cross-attention to the encoder's states, and the feed-forward block.</summary>
internal sealed class BertLayer(BertAttention attention, BertAttention? crossAttention, BertFeedForward feedForward) : TransformerLayer
{
    /// <summary>Creates a layer under BERT's names, with the given attention or BERT's.</summary>
    public static BertLayer Create(
        BertConfig config, ModelParameters own, string name, bool decoder = false, BertAttention? attention = null) => new(
        attention ?? BertAttention.Create(config, own, name + ".attention"),
        decoder ? BertAttention.Create(config, own, name + ".crossattention") : null,
        FeedForward(config, own, name));

    /// <summary>Creates the feed-forward block under BERT's names.</summary>
    public static BertFeedForward FeedForward(BertConfig config, ModelParameters own, string name) =>
        new(config, own, name + ".intermediate.dense", name + ".output.dense", name + ".output.LayerNorm");

    public override Tensor Forward(Computation run, Tensor x, AttentionContext context)
    {
        using var attended = attention.Forward(run, x, x, context.Mask, context);
        if (crossAttention is null)
        {
            return feedForward.Forward(run, attended);
        }

        using var crossed = crossAttention.Forward(run, attended, context.Source!.States, context.SourceMask!, context);
        return feedForward.Forward(run, crossed);
    }
}
