using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>
/// Represents a layer that normalizes the inputs of its blocks (Xiong et al. 2020, arXiv:2002.04745): x + attention(x), then x +
/// feed-forward(x).
/// </summary>
public abstract class PreNormLayer : TransformerLayer
{
    /// <inheritdoc/>
    public sealed override Tensor Forward(Computation run, Tensor x, AttentionContext context)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(context);
        using var mixed = Attend(run, x, context.Batch);
        using var attended = run.Add(x, mixed);
        using var processed = FeedForward(run, attended);
        return run.Add(attended, processed);
    }

    /// <summary>Computes the output of the attention block, its norm included, which is added to the input.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="x"><c>[tokens × hidden]</c>.</param>
    /// <param name="batch">The tokens.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    protected abstract Tensor Attend(Computation run, Tensor x, PackedBatch batch);

    /// <summary>Computes the output of the feed-forward block, its norm included, which is added to the input.</summary>
    /// <param name="run">The computation; it owns the result.</param>
    /// <param name="x"><c>[tokens × hidden]</c>.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    protected abstract Tensor FeedForward(Computation run, Tensor x);
}
