using Semblance.Tensors;

namespace Semblance.Transformers.Layers;

/// <summary>One layer of a transformer: hidden states to hidden states.</summary>
public abstract class TransformerLayer
{
    /// <summary>Computes the layer.</summary>
    /// <param name="run">The computation; it owns what is returned.</param>
    /// <param name="x"><c>[tokens × hidden]</c>.</param>
    /// <param name="context">The batch and what the layers share.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    public abstract Tensor Forward(Computation run, Tensor x, AttentionContext context);
}
