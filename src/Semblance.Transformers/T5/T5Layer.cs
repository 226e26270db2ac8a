using Semblance.Tensors;
using Semblance.Transformers.Layers;

namespace Semblance.Transformers.T5;

/// <summary>Represents one layer: attention, in a decoder cross-attention to the encoder's states, and the feed-forward block.</summary>
internal sealed class T5Layer(int index, T5Attention attention, T5Attention? crossAttention, T5FeedForward feedForward) : TransformerLayer
{
    public override Tensor Forward(Computation run, Tensor x, AttentionContext context)
    {
        using var attended = attention.Forward(run, x, context, index);
        if (crossAttention is null)
        {
            return feedForward.Forward(run, attended);
        }

        var (key, value) = context.Source!.Project(this, states => crossAttention.Project(run, states));
        using (key)
        using (value)
        {
            using var crossed = crossAttention.Forward(run, attended, key, value, context.SourceMask!);
            return feedForward.Forward(run, crossed);
        }
    }
}
