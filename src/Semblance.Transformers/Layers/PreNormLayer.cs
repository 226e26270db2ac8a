using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>A layer that normalises what goes into its blocks (Xiong et al. 2020, arXiv:2002.04745): x + attention(x), then x + feed-forward(x).</summary>
internal abstract class PreNormLayer : TransformerLayer
{
    public sealed override Tensor Forward(Computation run, Tensor x, PackedBatch batch)
    {
        using var mixed = Attend(run, x, batch);
        using var attended = run.Add(x, mixed);
        using var processed = FeedForward(run, attended);
        return run.Add(attended, processed);
    }

    // x: [tokens × hidden]; what is added to it, its norm included.
    protected abstract Tensor Attend(Computation run, Tensor x, PackedBatch batch);

    // The same, token by token.
    protected abstract Tensor FeedForward(Computation run, Tensor x);
}
