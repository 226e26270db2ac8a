using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>One layer of a transformer: hidden states to hidden states.</summary>
internal abstract class TransformerLayer
{
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[tokens × hidden]</c>.</param>
    /// <param name="batch">Where each sequence lies.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    public abstract Tensor Forward(Computation run, Tensor x, PackedBatch batch);
}
